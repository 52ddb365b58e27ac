import { AutomationError } from "../../../shared/primitives/errors.ts";
import { lastAppliedVersion } from "../../../shared/records/credential/auth-config-state.ts";
import type { RotationTrigger } from "../../../shared/records/credential/rotation-history.ts";
import { isPermittedAccount } from "../../../shared/secrets/permitted-use.ts";
import { describeSecret, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { leaseOf } from "../../../shared/state/lease.ts";
import { overlapAnew } from "../issuer/overlap.ts";
import { endCredentials, type RevokeDependencies } from "../issuer/revoke-credentials.ts";
import { hasRevokedCredential } from "../issuer/revoked-credential.ts";
import type { Run } from "../read/account-services.ts";
import type { BoundSecret } from "../read/bound-secrets.ts";
import { readSecretRecords, type SecretRecords } from "../read/secret-records.ts";
import { type LeasedRecord, underLease } from "../record/leased-record.ts";
import { type Change, rotationTrigger, saveFailure } from "../record/record-change.ts";
import { publishHistory } from "../report/publish-history.ts";
import { abortRotation } from "../steps/abort-rotation.ts";
import { failedStepOf, rotationDied, rotationKilled, stepFailed } from "../steps/failed-step.ts";
import { completeRotation, overtaken } from "../steps/finish-secret.ts";
import { staleLabel, whyNotPending } from "../steps/pending-label.ts";
import type { StepDependencies } from "../steps/rotation-context.ts";
import { proveApplied } from "../write/prove-applied.ts";
import { requireQuota } from "../write/write-context.ts";
import { writeVersion } from "../write/write-version.ts";
import { decideSync, type SyncDecision } from "./decide-sync.ts";
import { describeBound, isUndescribable } from "./describe-bound.ts";
import { endUnbegun } from "./end-unbegun.ts";
import { forgetEndedFailures } from "./ended-failures.ts";
import { isRotationDue, type ScheduleDependencies, startScheduledRotation } from "./scheduled-rotation.ts";
import { removeStaleLabel } from "./stale-label.ts";

/** What a run of the schedule stands on: all that the steps do, and when to rotate. */
export interface SyncDependencies extends StepDependencies, ScheduleDependencies, RevokeDependencies {
  clock: StepDependencies["clock"];
  logger: StepDependencies["logger"];
}

/**
 * Brings one secret's auth configs to its current version: reads everything again, fresher and under lease, then does
 * what is to be done. Does nothing when somebody else is at one of them.
 *
 * @param listed every secret that is listed
 * @throws what may pass by itself, such as {@link QuotaDeferredError}; what may not is recorded
 */
export async function syncSecret(
  dependencies: SyncDependencies,
  invocation: Run,
  bound: BoundSecret,
  listed: readonly BoundSecret[],
): Promise<void> {
  const { table, secrets, clock } = dependencies;
  const { requestId, deadline } = invocation;
  const { bindings } = bound;
  const { arn } = bound.secret;
  if (await isListBehind(dependencies, bound)) return;
  const lease = leaseOf({ holder: requestId, deadline });
  const held = await underLease(table, bindings, { ...lease, now: clock.now() }, async (targets) => {
    try {
      const change = { secretArn: arn, trigger: "SYNC", requestId, now: () => clock.now() } as const;
      const secret = await describeBound(secrets, bound.secret, targets, change);
      if (secret.isDeleted || !bindings.every(({ accountId }) => isPermittedAccount(secret, accountId)))
        return undefined;
      if (targets.length > 0 && (await endUnbegun(dependencies, invocation, secret, targets))) return undefined;
      await applyDecision(dependencies, invocation, secret, targets);
      await forgetEndedFailures(dependencies, secret, targets);
      const records = targets.map(({ record }) => ({ ...record, lease: undefined }));
      const prove = () => proveApplied(dependencies, secret, targets);
      await endCredentials(dependencies, invocation, secret, { users: targets, listed, prove });
      return isRotationDue(secret, records, clock.now()) ? secret : undefined;
    } finally {
      for (const target of targets) await publishHistory(target, dependencies);
    }
  });
  // Not under our lease: the first step wants to take it.
  if (held?.result) await startScheduledRotation(dependencies, invocation, held.result, bindings);
}

/**
 * Whether only an old list says that a rotation is over. Nobody takes the lease for that: a step of it would find it taken.
 */
async function isListBehind({ secrets, clock }: SyncDependencies, bound: BoundSecret): Promise<boolean> {
  if (!isRotationOver(bound, clock.now())) return false;
  const secret = await describeSecret(secrets, bound.secret.arn, clock.now()).catch((error: unknown) => {
    // That it cannot be described, its auth configs tell, under lease.
    if (!isUndescribable(error)) throw error;
  });
  return secret !== undefined && !isRotationOver({ ...bound, secret }, clock.now());
}

function isRotationOver({ secret, records, secretRecords }: BoundSecret, now: number): boolean {
  const { kind } = decideSync(secret, records, now, secretRecords);
  return kind === "ABORT" || kind === "COMPLETE";
}

async function applyDecision(
  dependencies: SyncDependencies,
  invocation: Run,
  secret: SecretDescription,
  targets: readonly LeasedRecord[],
): Promise<void> {
  const { table, clock } = dependencies;
  const { requestId } = invocation;
  const records = targets.map(({ record }) => record);
  const secretRecords = await readSecretRecords(table, secret.arn);
  const { credentials, request, failedStep } = secretRecords;
  // With the leases that were found: ours say nothing of whoever was killed before.
  const found = targets.map((target) => ({ ...target.record, lease: target.foundLease }));
  const decision = decideSync(secret, found, clock.now(), { holder: requestId, failedStep });
  const changeTo = (versionId: string, trigger: RotationTrigger): Change => ({
    secretArn: secret.arn,
    versionId,
    trigger,
    requestId,
    now: () => clock.now(),
  });
  switch (decision.kind) {
    case "WRITE": {
      const outdated = decision.outdated.flatMap((index) => targets[index] ?? []);
      const bindings = outdated.map(({ binding }) => binding);
      await requireQuota(dependencies, invocation, bindings);
      const change = changeTo(decision.versionId, "SYNC");
      if (await hasRevokedCredential(dependencies, secret, credentials, decision.versionId)) {
        for (const target of outdated) {
          const has = lastAppliedVersion(target.record.state)?.versionId;
          await saveFailure(target, change, revokedError(decision.versionId, has));
        }
        return;
      }
      const stale = staleLabel(secret, records, request);
      const versionIds = outdated.flatMap(({ record }) => lastAppliedVersion(record.state)?.versionId ?? []);
      const letOverlap = () => overlapAnew(table, secret, { credentials, versionIds }, clock.now());
      await letOverlap();
      await writeVersion(dependencies, invocation, { ...change, secret, targets, outdated });
      // It was in use until now, and proving and writing take their time.
      await letOverlap();
      if (stale) await removeStaleLabel(dependencies, secret, stale, credentials);
      return;
    }
    case "COMPLETE":
    case "ABORT": {
      const { pendingVersionId } = decision;
      const trigger = rotationTrigger(secretRecords.requestedVersionId, pendingVersionId);
      const change = changeTo(pendingVersionId, trigger);
      const hasStarted = true;
      const context = { secret, pendingVersionId, secretRecords, targets, change, invocation, hasStarted };
      if (decision.kind === "COMPLETE") return completeRotation(dependencies, context);
      return abortRotation(dependencies, context, whyOver(secret, decision, secretRecords));
    }
    default: {
      const stale = staleLabel(secret, records, request);
      if (stale) await removeStaleLabel(dependencies, secret, stale, credentials);
    }
  }
}

/** Why a rotation is given up, in words. */
function whyOver(
  secret: SecretDescription,
  { why, pendingVersionId }: Extract<SyncDecision, { kind: "ABORT" }>,
  secretRecords: SecretRecords,
): AutomationError {
  const failedStep = failedStepOf(secretRecords, pendingVersionId);
  const died = rotationDied(failedStep);
  switch (why) {
    case "NOT_PENDING":
      return whyNotPending(secret, pendingVersionId) ?? died;
    case "OVERTAKEN":
      return overtaken();
    case "FAILED":
      return failedStep ? stepFailed(failedStep) : died;
    case "KILLED":
      return rotationKilled();
    case "DIED":
      return died;
  }
}

/** Somebody made a version the current one again whose credential works nowhere any more. */
function revokedError(versionId: string, has: string | undefined): AutomationError {
  const why = `The credential of version ${versionId}, which is the secret's current one, was revoked at its issuer, or is about to be`;
  // No rotation begins from a version that RingCX does not have.
  const way = has === undefined ? "" : `Move AWSCURRENT to version ${has}, which RingCX was given last, or `;
  const put = `${way === "" ? "Put" : "put"} a working credential into the secret`;
  return new AutomationError(`${why}: what RingCX has stays. ${way}${put}; after that it can be rotated.`, {
    code: "CREDENTIAL_REVOKED",
    details: { versionId },
  });
}
