import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import type { AuthConfig } from "../../../shared/ringcx/resources/auth-config.ts";
import { type Credential, parseCredential } from "../../../shared/secrets/credential.ts";
import { readSecret } from "../../../shared/secrets/read-secret.ts";
import type { Held } from "../record/leased-record.ts";
import { noteFailure } from "../record/record-change.ts";
import { accountOf, type Move, type WriteDependencies } from "./write-context.ts";
import { readBound } from "./write-credential.ts";
export interface Prepared {
  one: Held;
  config: AuthConfig;
  credential: Credential;
  /** Its endpoint said that it accepts the credential. */
  isAccepted: boolean;
}

/** Reads the secret once and each auth config once, and asks the endpoints; writes nothing to RingCX. */
export async function prepare(parts: WriteDependencies, run: Invocation, move: Move): Promise<readonly Prepared[]> {
  const { text } = await readSecret(parts.secrets, move.secretArn, move.versionId);
  const fitting = move.outdated.map((one) => ({
    one,
    credential: parseCredential(text, one.binding.authType, move.versionId),
  }));
  const read: Omit<Prepared, "isAccepted">[] = [];
  for (const { one, credential } of fitting) {
    try {
      const config = await readBound(accountOf(parts, one.binding, run), one.binding);
      one.learnName(config.providerName);
      read.push({ one, credential, config });
    } catch (error) {
      // A wrong binding is none: it must not keep the auth configs that are rightly bound from moving.
      if (!(error instanceof AutomationError && error.code === "BINDING_WRONG")) throw error;
      await noteFailure(one, move, error);
    }
  }
  const prepared: Prepared[] = [];
  for (const one of read) prepared.push({ ...one, isAccepted: await isAccepted(parts, move, one) });
  return prepared;
}

/**
 * An endpoint that cannot be asked does not keep the version out: whoever made it the current one may have
 * revoked the one before.
 *
 * @throws {AutomationError} `CREDENTIAL_REFUSED` when the endpoint does not accept it: what RingCX has stays
 */
export async function isAccepted(
  parts: WriteDependencies,
  { secret }: Move,
  { one, credential }: Omit<Prepared, "isAccepted">,
) {
  const answer = await parts.prove({ binding: one.binding, secret }, credential);
  if (answer.kind !== "REFUSED") return answer.kind === "ACCEPTED";
  const { authConfigId, accountId } = one.binding;
  throw new AutomationError(
    `The endpoint refuses version ${credential.versionId} of the secret: ${answer.reason}. Put a working credential into the secret.`,
    { code: "CREDENTIAL_REFUSED", details: { accountId, authConfigId, versionId: credential.versionId } },
  );
}
