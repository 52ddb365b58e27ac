import type { Logger } from "@aws-lambda-powertools/logger";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import type { SecretBinding } from "../../../shared/secrets/credential.ts";
import type { SeenSecret } from "../../../shared/secrets/read-secret.ts";
import type { Issuer } from "../issuer/lambda-issuer.ts";
import type { SecretItems } from "../read/secret-records.ts";
import type { AuthState } from "../record/credential-state.ts";
import type { Held } from "../record/leased-record.ts";
import type { Change } from "../record/record-change.ts";
import type { RotationParts, Run } from "../write/write-credential.ts";

/** What a native rotation stands on. */
export interface NativeParts extends RotationParts {
  connections: readonly Connection[];
  logger: Pick<Logger, "info" | "warn" | "error">;
  /** The issuer function of an ARN. */
  issuerOf(functionArn: string): Issuer;
  /** A new random credential, for endpoints that read the pending version themselves. */
  randomSecret(): string;
  /** A new version's id, a UUID. */
  newToken(): string;
  /** A service that uses the auth config and has an outage now, by name. */
  openOutage(binding: SecretBinding): Promise<string | undefined>;
}

/** One rotation of one secret, seen by one step. */
export interface RotationContext {
  secret: SeenSecret;
  /** The `VersionId` that is to become the current one. */
  token: string;
  items: SecretItems;
  /** Every auth config that the secret feeds. */
  held: readonly Held[];
  change: Change;
  run: Run;
  /** Past the first step: RingCX may have the candidate. */
  hasBegun: boolean;
}

type Rotating = Extract<AuthState, { kind: "ROTATING" }>;

/** The state of an auth config that takes part in this rotation. */
export function rotating({ record: { state } }: Held, token: string): Rotating | undefined {
  return state.kind === "ROTATING" && state.token === token ? state : undefined;
}

/** Moves on: where RingCX and the proof stand, and a sign of life. */
export async function advance(
  one: Held,
  token: string,
  change: Change,
  to: Pick<Rotating, "step"> & Partial<Rotating>,
) {
  const state = rotating(one, token);
  if (!state) throw rotationError("ROTATION_UNKNOWN", `Auth config ${one.binding.authConfigId} is not part of it.`);
  const since = new Date(change.now()).toISOString();
  await one.save((record) => ({ ...record, state: { ...state, ...to, since } }));
}

/** A rotation cannot go on, and why. */
export function rotationError(code: string, why: string, retryable = false): AutomationError {
  return new AutomationError(`The rotation cannot go on. ${why}`, { code, retryable });
}
