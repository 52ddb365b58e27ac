import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { ProofAnswer } from "../../../shared/records/credential/rotation-history.ts";
import type { AuthConfig } from "../../../shared/ringcx/resources/auth-config.ts";
import { RingCxUnavailableError } from "../../../shared/ringcx/resources/errors.ts";
import { type Credential, parseCredential } from "../../../shared/secrets/credential.ts";
import type { PermittedEdges } from "../../../shared/secrets/edges.ts";
import { readSecret } from "../../../shared/secrets/read-secret.ts";
import type { Run } from "../read/account-services.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import { saveFailure } from "../record/record-change.ts";
import { checkEdges } from "./check-edges.ts";
import { proveVersion } from "./prove-version.ts";
import type { VersionWrite, WriteDependencies } from "./write-context.ts";
import { readBoundAuthConfig } from "./write-credential.ts";

/** Why a version waits to be proven. */
const unprovenCodes = ["PROOF_PENDING", "CREDENTIAL_UNPROVEN"];

/** An auth config and the credential that may be written to it. */
export interface PreparedWrite {
  target: LeasedRecord;
  /** The auth config as RingCX has it. */
  config: AuthConfig;
  credential: Credential;
  /** Found permitted, with the services as they are now. */
  edges: PermittedEdges;
  /** What its endpoints said about the credential. */
  answer: ProofAnswer;
}

/**
 * Reads the secret once, the services of each account once and each outdated auth config once, and asks the endpoints;
 * writes nothing to RingCX. An auth config whose binding is wrong, that a service at a host uses which the secret does
 * not name, or for which the version waits to be proven, is left out, its failure recorded; so is one that RingCX cannot
 * read at the moment.
 *
 * @returns what may be written, and the error of one that could not be read
 * @throws {AutomationError} `SECRET_INVALID`, `SECRET_NOT_TEXT` or `CREDENTIAL_REFUSED`: nothing may be written
 */
export async function prepareVersion(
  dependencies: WriteDependencies,
  invocation: Run,
  write: VersionWrite,
): Promise<{ prepared: readonly PreparedWrite[]; unavailable: RingCxUnavailableError | undefined }> {
  const { secret, versionId, outdated } = write;
  const { text } = await readSecret(dependencies.secrets, secret, versionId);
  const parsed = outdated.map((target) => ({
    target,
    credential: parseCredential(text, target.binding.authType, versionId),
  }));
  const { permitted, refused } = await checkEdges(dependencies, invocation, secret, outdated);
  for (const [target, error] of refused) await saveFailure(target, write, error);
  const read: Omit<PreparedWrite, "answer">[] = [];
  let unavailable: RingCxUnavailableError | undefined;
  for (const { target, credential } of parsed) {
    const { binding } = target;
    const edges = permitted.get(target);
    if (!edges) continue;
    try {
      const config = await readBoundAuthConfig(dependencies, invocation, binding);
      target.learnName(config.providerName);
      read.push({ target, credential, edges, config });
    } catch (error) {
      // Neither a wrong binding nor one that RingCX fails to read keeps the others from getting the version.
      const isWrong = error instanceof AutomationError && error.code === "BINDING_WRONG";
      if (error instanceof RingCxUnavailableError) unavailable ??= error;
      else if (!isWrong) throw error;
      await saveFailure(target, write, error);
    }
  }
  const prepared: PreparedWrite[] = [];
  for (const one of read) {
    try {
      prepared.push({ ...one, answer: await proveVersion(dependencies, write, one.target, one.credential) });
    } catch (error) {
      // Refused, it is wrong for all; an endpoint that cannot be asked keeps it from its own auth config only.
      if (!(error instanceof AutomationError && unprovenCodes.includes(error.code))) throw error;
      await saveFailure(one.target, write, error);
    }
  }
  return { prepared, unavailable };
}
