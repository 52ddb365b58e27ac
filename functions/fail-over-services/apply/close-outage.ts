import { changedRecord, newCarrier, type OutcomeOf, withIntent } from "../../../shared/activation/intents.ts";
import type { ActivationChange, StoredActivation } from "../../../shared/records/account/activation.ts";
import { recordAfter } from "../../../shared/records/account/activation-item.ts";
import { failoverAttributes } from "../../../shared/records/account/failover-memory.ts";
import { type OutageDecision, outageIn, type ServiceSnapshot } from "../outage/outage-decision.ts";
import { overButHeldOutcome } from "../report/guard-outcomes.ts";
import {
  changeOutcome,
  nextAfterClosing,
  recordOutcome,
  serviceCause,
  sourceAlarm,
} from "../report/service-outcome.ts";
import { toPublish } from "./admit-deactivation.ts";
import type { ApplyDependencies } from "./apply-dependencies.ts";
import { applyRecord } from "./apply-record.ts";

/**
 * Brings a service back, for good or for a trial, as far as no other reason keeps it inactive.
 *
 * @returns the record as it is then, or `undefined` when another writer was quicker
 */
export async function closeOutage(
  dependencies: ApplyDependencies,
  snapshot: ServiceSnapshot,
  decision: Extract<OutageDecision, { kind: "halfOpen" | "close" }>,
): Promise<StoredActivation | undefined> {
  const { service, record, evidence, deadline } = snapshot;
  const { activation, clock } = dependencies;
  const flapping = decision.kind === "close" ? decision.flapping : undefined;
  const outage = outageIn(record);
  const what = decision.kind === "halfOpen" ? "trial" : "recovery";
  const report = {
    service,
    because: decision.because,
    ...nextAfterClosing(decision),
    cause: serviceCause(service, what, outage?.since ?? "", sourceAlarm(outage)),
    alarms: evidence.alarms,
  };
  const carrier = newCarrier(deadline);
  const closing: ActivationChange = {
    remove: ["OUTAGE"],
    ...(flapping && { add: [flapping] }),
    override: null,
    writerAttributes: failoverAttributes({ memory: decision.memory }),
  };
  const now = clock.now();
  // It may be another reason's turn to keep it inactive, with that reason's words.
  const outcomeOf: OutcomeOf = (done, generation) => {
    const says = done.isActive ? changeOutcome(report) : recordOutcome(service, changedRecord(record, closing), now);
    return says(done, generation);
  };
  const because = { isActive: true, words: decision.because };
  const noted = withIntent(record, closing, { carrier, now, because, outcomeOf });
  const held = { before: record, after: recordAfter(record, closing, now), isTrial: decision.kind === "halfOpen" };
  const change =
    noted.decision.action === "leave"
      ? { ...closing, ...toPublish(record, overButHeldOutcome(report, held, now), carrier, now) }
      : noted.change;
  const written = await activation.changeIf(service.name, record, change);
  if (!written) return undefined;
  return (await applyRecord(dependencies, service, written, { carrier, deadline, snapshot })).record;
}
