import { AutomationError } from "../../../shared/primitives/errors.ts";
import { canBeKept, decideUnproven, type ProofDecision } from "../../../shared/proof/decide-unproven.ts";
import type { EndpointAnswer } from "../../../shared/proof/verify-at-endpoint.ts";
import type { ProofWait } from "../../../shared/records/credential/auth-config-state.ts";
import type { ProofAnswer } from "../../../shared/records/credential/rotation-history.ts";
import { type Credential, parseCredential } from "../../../shared/secrets/credential.ts";
import { readSecret } from "../../../shared/secrets/read-secret.ts";
import { durationMs, secretTags } from "../../../shared/secrets/secret-tags.ts";
import { isWaived } from "../../../shared/secrets/waived-version.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import type { VersionWrite, WriteDependencies } from "./write-context.ts";

/** How long a version that no endpoint could be asked about waits unless the secret's tag says otherwise, in milliseconds. */
const defaultProveWithinMs = 30 * 60_000;

/**
 * Asks the endpoints about a version that is the current one, and, where they cannot be asked, about what RingCX has: whoever
 * made the version current may have revoked the one before. What was found is remembered until a version is applied.
 *
 * @returns what is recorded of it, when it may be written
 * @throws {AutomationError} `CREDENTIAL_REFUSED`; `PROOF_PENDING`, `CREDENTIAL_UNPROVEN`, which keep it from this auth config only
 */
export async function proveVersion(
  dependencies: WriteDependencies,
  write: VersionWrite,
  target: LeasedRecord,
  credential: Credential,
): Promise<ProofAnswer> {
  const { unproven: policy, verifyAtEndpoint } = dependencies;
  const { versionId, secret } = write;
  const answer = await verifyAtEndpoint(target.binding, credential);
  const { state, proofWait } = target.record;
  const hasWaited = proofWait?.versionId === versionId;
  const isUnasked = answer.kind === "COULD_NOT_BE_ASKED" || (answer.kind === "NOT_PROVABLE" && hasWaited);
  if (answer.kind === "ACCEPTED" || !(canBeKept(state, versionId) || answer.kind === "REFUSED")) {
    return isUnasked ? "COULD_NOT_BE_ASKED" : answer.kind;
  }
  const now = new Date(write.now()).toISOString();
  const known: ProofWait = hasWaited ? proofWait : { versionId, since: now };
  const waived = isWaived(secret, versionId);
  const mayWait = isUnasked && policy.couldNotBeAsked !== "write" && !waived;
  const held = mayWait || answer.kind === "REFUSED" ? await askAboutApplied(dependencies, secret, target) : undefined;
  const wait: ProofWait = {
    ...known,
    ...(answer.kind === "REFUSED" && { refusedAt: now }),
    ...(held?.kind === "ACCEPTED" && { heldAcceptedAt: now }),
  };
  // Also where it is written at once: after a lost answer it is known that there was somebody to ask.
  if (isUnasked || answer.kind === "REFUSED") await target.save((record) => ({ ...record, proofWait: wait }));
  const withinMs = provenWithinMs(secret);
  const situation = { answer: answer.kind, held: held?.kind, wait, hasWaited, policy, withinMs, isWaived: waived };
  const decision = decideUnproven(situation, write.now());
  if (decision.kind === "WRITE") return decision.as;
  throw keptError(decision, { answer, held, wait, secret, target, isWaived: waived });
}

function provenWithinMs({ tags }: Pick<VersionWrite["secret"], "tags">): number {
  return durationMs(tags[secretTags.proveWithin]) ?? defaultProveWithinMs;
}

/** Until when a version waits for an endpoint that accepts it, ISO 8601. */
export function waitsUntil(secret: Pick<VersionWrite["secret"], "tags">, { since }: Pick<ProofWait, "since">): string {
  return new Date(Date.parse(since) + provenWithinMs(secret)).toISOString();
}

/** How a person has a version written that waits. */
export function waiverWords(versionId: string): string {
  return `tag the secret ${secretTags.acceptUnproven}=${versionId} to have it written unproven`;
}

/**
 * Asks the endpoints about what RingCX has.
 *
 * @returns `undefined` of what cannot be read, or is not known: that cannot be asked about
 */
export async function askAboutApplied(
  { secrets, verifyAtEndpoint }: Pick<WriteDependencies, "secrets" | "verifyAtEndpoint">,
  secret: VersionWrite["secret"],
  { binding, record: { state, secretArn } }: LeasedRecord,
): Promise<EndpointAnswer | undefined> {
  // The version of another secret has another secret's tags.
  if (state.kind !== "APPLIED" || (secretArn !== undefined && secretArn !== secret.arn)) return undefined;
  const { versionId } = state.applied;
  let held: Credential;
  try {
    const { text } = await readSecret(secrets, secret, versionId);
    held = parseCredential(text, binding.authType, versionId);
  } catch (error) {
    if (error instanceof AutomationError) return undefined;
    throw error;
  }
  return verifyAtEndpoint(binding, held);
}

function keptError(
  { why }: Extract<ProofDecision, { kind: "KEEP" }>,
  {
    answer,
    held,
    wait,
    secret,
    target: { binding },
    isWaived,
  }: {
    answer: EndpointAnswer;
    held: EndpointAnswer | undefined;
    wait: ProofWait;
    secret: VersionWrite["secret"];
    target: LeasedRecord;
    isWaived: boolean;
  },
): AutomationError {
  const { accountId, authConfigId } = binding;
  const { versionId } = wait;
  const reason = "reason" in answer ? answer.reason : "";
  const details = { accountId, authConfigId, versionId, proofAnswer: answer.kind };
  const waive = waiverWords(versionId);
  const unknown =
    answer.kind === "NOT_PROVABLE"
      ? `Version ${versionId} of the secret cannot be proven (${reason})`
      : `No endpoint could be asked about version ${versionId} of the secret (${reason})`;
  switch (why) {
    case "REFUSED": {
      const refused =
        answer.kind === "REFUSED"
          ? `The endpoint refuses version ${versionId} of the secret: ${reason}.`
          : `${unknown}, and before that one refused it.`;
      const alike =
        answer.kind === "REFUSED" && held?.kind === "REFUSED"
          ? " It refuses what RingCX has, too: it may refuse whatever is asked from here."
          : "";
      const inVain = isWaived ? ` The tag ${secretTags.acceptUnproven} does not count for what is refused.` : "";
      return new AutomationError(`${refused}${alike} Put a working credential into the secret.${inVain}`, {
        code: "CREDENTIAL_REFUSED",
        details,
      });
    }
    case "WAITING": {
      const what = `${unknown}. It is asked again until ${waitsUntil(secret, wait)}, then the version is written, unless an endpoint accepts what RingCX has.`;
      return new AutomationError(`${what} Sooner: ${waive}.`, { code: "PROOF_PENDING", details });
    }
    case "HELD_WORKS":
      return new AutomationError(
        `${unknown}, while one accepted what RingCX has, which stays. Make the endpoint reachable, or ${waive}.`,
        { code: "CREDENTIAL_UNPROVEN", details },
      );
    case "POLICY":
      return new AutomationError(
        `${unknown}, and the environment's setting rotation.unproven wants a proof: what RingCX has stays. To change that, ${waive}.`,
        { code: "CREDENTIAL_UNPROVEN", details },
      );
  }
}
