import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { AuthConfig } from "../../../shared/ringcx/resources/auth-config.ts";
import { type Credential, parseCredential } from "../../../shared/secrets/credential.ts";
import type { PermittedEdges } from "../../../shared/secrets/edges.ts";
import { readSecret } from "../../../shared/secrets/read-secret.ts";
import type { Run } from "../read/account-services.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import { saveFailure } from "../record/record-change.ts";
import { checkEdges } from "./check-edges.ts";
import { rotationAccount, type VersionWrite, type WriteDependencies } from "./write-context.ts";
import { readBoundAuthConfig } from "./write-credential.ts";

/** An auth config and the credential that may be written to it. */
export interface PreparedWrite {
  target: LeasedRecord;
  /** The auth config as RingCX has it. */
  config: AuthConfig;
  credential: Credential;
  /** Found permitted, with the services as they are now. */
  edges: PermittedEdges;
  /** Whether its endpoint said that it accepts the credential; false where it could not be asked. */
  isAccepted: boolean;
}

/**
 * Reads the secret once, the services of each account once and each outdated auth config once, and asks the endpoints;
 * writes nothing to RingCX. An auth config whose binding is wrong, or that a service at a host uses which the secret does
 * not name, is left out, its failure recorded.
 *
 * @throws {AutomationError} `SECRET_INVALID`, `SECRET_NOT_TEXT` or `CREDENTIAL_REFUSED`: nothing may be written
 */
export async function prepareVersion(
  dependencies: WriteDependencies,
  invocation: Run,
  write: VersionWrite,
): Promise<readonly PreparedWrite[]> {
  const { secret, versionId, outdated } = write;
  const { text } = await readSecret(dependencies.secrets, secret, versionId);
  const parsed = outdated.map((target) => ({
    target,
    credential: parseCredential(text, target.binding.authType, versionId),
  }));
  const { permitted, refused } = await checkEdges(dependencies, invocation, secret, outdated);
  for (const [target, error] of refused) await saveFailure(target, write, error);
  const read: Omit<PreparedWrite, "isAccepted">[] = [];
  for (const { target, credential } of parsed) {
    const { binding } = target;
    const edges = permitted.get(target);
    if (!edges) continue;
    try {
      const config = await readBoundAuthConfig(rotationAccount(dependencies, binding, invocation), binding);
      target.learnName(config.providerName);
      read.push({ target, credential, edges, config });
    } catch (error) {
      // A wrong binding must not keep the auth configs that are rightly bound from getting the version.
      if (!(error instanceof AutomationError && error.code === "BINDING_WRONG")) throw error;
      await saveFailure(target, write, error);
    }
  }
  const prepared: PreparedWrite[] = [];
  for (const one of read) prepared.push({ ...one, isAccepted: await isAccepted(dependencies, one) });
  return prepared;
}

/**
 * An endpoint that cannot be asked does not keep the version out: whoever made it the current one may have
 * revoked the one before.
 *
 * @throws {AutomationError} `CREDENTIAL_REFUSED` when the endpoint does not accept it: what RingCX has stays
 */
async function isAccepted(
  { verifyAtEndpoint }: WriteDependencies,
  { target: { binding }, credential }: Omit<PreparedWrite, "isAccepted">,
): Promise<boolean> {
  const answer = await verifyAtEndpoint(binding, credential);
  if (answer.kind !== "REFUSED") return answer.kind === "ACCEPTED";
  const { authConfigId, accountId } = binding;
  throw new AutomationError(
    `The endpoint refuses version ${credential.versionId} of the secret: ${answer.reason}. Put a working credential into the secret.`,
    { code: "CREDENTIAL_REFUSED", details: { accountId, authConfigId, versionId: credential.versionId } },
  );
}
