import type { Logger } from "@aws-lambda-powertools/logger";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { Issuer } from "../issuer/issuer-contract.ts";
import type { SecretItems } from "../read/secret-records.ts";
import type { Held } from "../record/leased-record.ts";
import type { Change } from "../record/record-change.ts";
import type { RotationParts, Run } from "../write/write-context.ts";

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
  secret: SecretDescription;
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
