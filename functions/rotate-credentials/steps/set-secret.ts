import type { VerificationLevel } from "../../../shared/records/credential/rotation-history.ts";
import { mayBeWritten } from "../../../shared/ringcx/client/may-be-written.ts";
import type { AuthConfig } from "../../../shared/ringcx/resources/auth-config.ts";
import { type Credential, parseCredential } from "../../../shared/secrets/credential.ts";
import type { PermittedEdges } from "../../../shared/secrets/edges.ts";
import { verifyAtIssuer } from "../issuer/issue-credential.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import { advanceRotation, hasPendingVersion, rotatingState, rotationError } from "../record/rotation-progress.ts";
import { checkEdges } from "../write/check-edges.ts";
import { rotationAccount } from "../write/write-context.ts";
import { readBoundAuthConfig, writeCredential } from "../write/write-credential.ts";
import { readPending } from "./read-pending.ts";
import type { RotationContext, StepDependencies } from "./rotation-context.ts";
import { verifyCandidate } from "./verify-candidate.ts";

/**
 * Step 2: the candidate is checked (its form, where it would go, the bindings, the issuer, the endpoints) before RingCX
 * sees it, then every auth config gets it. One that may not get it keeps it from all: they end with one version.
 *
 * @throws {AutomationError} `SECRET_INVALID`, `EDGE_NOT_PERMITTED`, `BINDING_WRONG`, `CREDENTIAL_REFUSED`, `ENDPOINT_SILENT`, or RingCX's own
 */
export async function setSecret(dependencies: StepDependencies, context: RotationContext): Promise<void> {
  const { secret, pendingVersionId, targets, change, invocation } = context;
  const isMissing = (target: LeasedRecord) => !hasPendingVersion(target, pendingVersionId);
  if (!targets.some(isMissing)) return;
  const { text } = await readPending(dependencies, secret, pendingVersionId);
  const { permitted, refused } = await checkEdges(dependencies, invocation, secret, targets);
  for (const error of refused.values()) throw error;
  const checked: { target: LeasedRecord; credential: Credential; edges: PermittedEdges; config: AuthConfig }[] = [];
  for (const [target, edges] of permitted) {
    if (!isMissing(target)) continue;
    const credential = parseCredential(text, target.binding.authType, pendingVersionId);
    const config = await readBoundAuthConfig(dependencies, invocation, target.binding);
    target.learnName(config.providerName);
    checked.push({ target, credential, edges, config });
  }
  await verifyCandidateAtIssuer(dependencies, context);
  const verifications = new Map<LeasedRecord, VerificationLevel>();
  for (const { target, credential } of checked) {
    verifications.set(target, await verifyCandidate(dependencies, target, credential));
  }
  for (const { target, credential, edges, config } of checked) {
    const before = rotatingState(target, pendingVersionId);
    await advanceRotation(target, pendingVersionId, change, { step: "SETTING" });
    const account = rotationAccount(dependencies, target.binding, invocation);
    const taken = await writeCredential(account, target, config, credential, edges).catch(async (error: unknown) => {
      // RingCX has what it had: that is known, and there is nothing to roll back.
      if (before && !mayBeWritten(error)) await advanceRotation(target, pendingVersionId, change, before);
      throw error;
    });
    if (taken === "none") throw rotationError("PROOF_MISSING", "RingCX answered with another auth config.");
    const verification = verifications.get(target) ?? taken;
    await advanceRotation(target, pendingVersionId, change, { step: "SET", verification });
  }
}

async function verifyCandidateAtIssuer(
  dependencies: StepDependencies,
  { secret, pendingVersionId: versionId, targets: [first], secretRecords, invocation }: RotationContext,
): Promise<void> {
  if (!first) return;
  const { authType } = first.binding;
  const { credentials } = secretRecords;
  await verifyAtIssuer(dependencies, { secret, versionId, authType, credentials, deadline: invocation.deadline });
}
