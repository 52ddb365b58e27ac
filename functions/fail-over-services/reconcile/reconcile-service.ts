import { isInForce } from "../../../shared/activation/reasons.ts";
import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import { failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { contendedError, retryLostWrites } from "../../../shared/state/conditional-write.ts";
import { applyDecision } from "../apply/apply-decision.ts";
import type { ApplyDependencies } from "../apply/apply-dependencies.ts";
import { maintainRecord } from "../apply/maintain-record.ts";
import { applyObserveOnly } from "../apply/observe-only.ts";
import { isProbed } from "../evidence/probe-service.ts";
import { decideOutage } from "../outage/decide-outage.ts";
import { flappingIn, outageIn, type ServiceSnapshot } from "../outage/outage-decision.ts";
import { policyOf } from "../outage/policy.ts";
import { publishMissingAlarms, publishMutedAlarms } from "../report/guard-outcomes.ts";
import type { FailoverSettings } from "../settings.ts";

/** What it takes to bring a service into the state that the evidence asks for. */
export interface ReconcileDependencies extends ApplyDependencies {
  settings: FailoverSettings;
}

/** Whoever loses against another writer reads the record again and decides anew, so often. */
const maxAttempts = 5;

/**
 * Does what the evidence and the record of one service ask for. The record is only written as it was read: of two
 * reconciliations at the same moment one acts, and the other finds it done.
 *
 * @param deadline by when RingCX must have answered, epoch milliseconds
 * @returns the record as it is then
 * @throws {AutomationError} `WRITE_CONTENDED` when others keep writing the record, and what RingCX and AWS throw
 */
export async function reconcileService(
  dependencies: ReconcileDependencies,
  { service, record, evidence }: Pick<ServiceSnapshot, "service" | "record" | "evidence">,
  deadline: number,
): Promise<StoredActivation> {
  const mode = service.health.mode ?? dependencies.settings.mode;
  const policy = policyOf(service.health, isProbed(service), dependencies.settings);
  let current = record;
  let isFresh = true;
  const written = await retryLostWrites({ ...dependencies, maxAttempts }, async () => {
    if (!isFresh) current = await dependencies.activation.get(service.name);
    isFresh = false;
    const memory = failoverMemoryOf(current);
    const snapshot: ServiceSnapshot = { service, record: current, evidence, memory, policy, deadline };
    return mode === "off"
      ? maintainRecord(dependencies, snapshot, memory)
      : reconcileOnce(dependencies, snapshot, mode);
  });
  if (!written) throw contendedError(`the record of ${displayName(service.name)}`);
  return written;
}

/** @returns the record as it is then, or `undefined` when another writer was quicker */
async function reconcileOnce(
  dependencies: ReconcileDependencies,
  snapshot: ServiceSnapshot,
  mode: "enforce" | "observe",
): Promise<StoredActivation | undefined> {
  const { record, memory, evidence, policy } = snapshot;
  const now = dependencies.clock.now();
  const outage = mode === "observe" ? memory.observedOutage : outageIn(record);
  const decision = decideOutage({
    outage,
    flapping: flappingIn(record),
    isOverridden: isInForce(record.override, now),
    memory,
    evidence,
    policy,
    now,
  });
  await publishMissingAlarms(dependencies, snapshot, decision.memory.missingAlarms);
  await publishMutedAlarms(dependencies, snapshot, outage);
  return (mode === "observe" ? applyObserveOnly : applyDecision)(dependencies, snapshot, decision);
}
