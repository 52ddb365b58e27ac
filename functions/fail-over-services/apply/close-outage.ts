import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import { failoverAttributes } from "../../../shared/records/account/failover-memory.ts";
import { type OutageDecision, outageIn, type ServiceSnapshot } from "../outage/outage-decision.ts";
import { publishOverButHeld } from "../report/guard-outcomes.ts";
import { nextAfterClosing, serviceCause, sourceAlarm } from "../report/service-outcome.ts";
import { type ApplyDependencies, applyRecord } from "./apply-record.ts";

/**
 * Brings a service back, for good or for a trial, as far as no other reason keeps it inactive.
 *
 * @returns the record as it is then, or `undefined` when another writer was quicker
 */
export async function closeOutage(
  dependencies: ApplyDependencies,
  { service, record, evidence, deadline }: ServiceSnapshot,
  decision: Extract<OutageDecision, { kind: "halfOpen" | "close" }>,
): Promise<StoredActivation | undefined> {
  const flapping = decision.kind === "close" ? decision.flapping : undefined;
  const written = await dependencies.activation.changeIf(service.name, record, {
    remove: ["OUTAGE"],
    ...(flapping && { add: [flapping] }),
    override: null,
    writerAttributes: failoverAttributes({ memory: decision.memory }),
  });
  if (!written) return undefined;
  const outage = outageIn(record);
  const what = decision.kind === "halfOpen" ? "trial" : "recovery";
  const report = {
    service,
    because: decision.because,
    ...nextAfterClosing(decision),
    cause: serviceCause(service, what, outage?.since ?? "", sourceAlarm(outage)),
    alarms: evidence.alarms,
  };
  const applied = await applyRecord(dependencies, report, written, deadline);
  if (applied.decision.action === "leave") {
    const isTrial = decision.kind === "halfOpen";
    await publishOverButHeld(dependencies, report, { before: record, record: applied.record, isTrial });
  }
  return applied.record;
}
