import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import type { VerificationLevel } from "../../../shared/records/credential/rotation-history.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import { possibleVersions } from "../../../shared/records/credential/versions-in-ringcx.ts";
import type { RingCxAccount } from "../../../shared/ringcx/client/api.ts";
import { readShown } from "../../../shared/ringcx/client/surely-gone.ts";
import type { AuthConfig } from "../../../shared/ringcx/resources/auth-config.ts";
import { RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import { authConfigWrite, type Credential } from "../../../shared/secrets/credential.ts";
import type { PermittedEdges } from "../../../shared/secrets/edges.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import { rotationAccount, type WriteDependencies } from "./write-context.ts";

/**
 * Reads the auth config that a binding means. A wrong binding shows here, before anything is written; one that was made just
 * now is waited for.
 *
 * @throws {AutomationError} `BINDING_WRONG`
 */
export async function readBoundAuthConfig(
  dependencies: Pick<WriteDependencies, "ringcxFor" | "clock">,
  { deadline }: Pick<Invocation, "deadline">,
  binding: SecretBinding,
): Promise<AuthConfig> {
  const { clock } = dependencies;
  const { accountId, authConfigId, authType } = binding;
  const account = rotationAccount(dependencies, binding, { deadline });
  const wrong = (what: string) =>
    new AutomationError(`${what} Correct the binding: the secret's tags, or the manifest that names the secret.`, {
      code: "BINDING_WRONG",
      details: { accountId, authConfigId, authType },
    });
  try {
    const config = await readShown(account, () => account.authConfigs.get(authConfigId), { clock, deadline });
    if (config.authType === undefined || config.authType === authType) return config;
    throw wrong(`Auth config ${authConfigId} of account ${accountId} is ${config.authType}, not ${authType}.`);
  } catch (error) {
    if (!(error instanceof RingCxNotFoundError)) throw error;
    throw wrong(`Account ${accountId} has no auth config ${authConfigId}.`);
  }
}

/** After a crash the record must name every version that RingCX may have: whoever writes one to RingCX saves it before. */
function requireRecorded({ binding, record: { state } }: Pick<LeasedRecord, "binding" | "record">, versionId: string) {
  if (possibleVersions(state).includes(versionId)) return;
  throw new AutomationError(`Auth config ${binding.authConfigId} must not be written before its record says so.`, {
    code: "WRITE_NOT_RECORDED",
    details: { authConfigId: binding.authConfigId, state: state.kind },
  });
}

/**
 * What allows a write: the edges that were found permitted, or that it is a roll-back. A roll-back makes no edge: the auth
 * config has a value of the same secret either way, and had this one before. Refusing it would leave live services with
 * a credential that nobody will keep valid. An edge that is wrong is for the audit to tell and to end.
 */
export type WritePermission = PermittedEdges | "roll-back";

/**
 * Writes a credential into an auth config, in place: whatever refers to the auth config stays as it is.
 * Its name and description are sent as they were read, because an update replaces them. What RingCX answers of its time
 * is kept with the caller's next save.
 *
 * @returns `metadata` when RingCX answered with the auth config that was meant, otherwise `none`
 * @throws {AutomationError} `EDGE_NOT_CHECKED`, `WRITE_NOT_RECORDED`, before RingCX is called
 */
export async function writeCredential(
  account: RingCxAccount,
  target: Pick<LeasedRecord, "binding" | "record" | "learnWrite">,
  config: Pick<AuthConfig, "providerName" | "description">,
  credential: Credential,
  permission: WritePermission,
): Promise<VerificationLevel> {
  const { binding } = target;
  const { authConfigId, secretArn } = binding;
  requireRecorded(target, credential.versionId);
  if (permission !== "roll-back") permission.requireSecret(authConfigId, secretArn);
  const { description, providerName = binding.providerName } = config;
  const answer = await account.authConfigs.update(
    authConfigId,
    authConfigWrite(credential, { providerName, description }),
  );
  const { updatedTime } = answer;
  target.learnWrite(updatedTime === undefined ? undefined : { versionId: credential.versionId, updatedTime });
  return answer.authConfigId.toLowerCase() === authConfigId.toLowerCase() ? "metadata" : "none";
}
