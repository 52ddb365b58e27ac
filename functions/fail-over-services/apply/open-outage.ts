import { decideActivation } from "../../../shared/activation/decide-activation.ts";
import type { ActivationChange, StoredActivation } from "../../../shared/records/account/activation.ts";
import { failoverAttributes } from "../../../shared/records/account/failover-memory.ts";
import { probeService } from "../evidence/probe-service.ts";
import type { OutageDecision, ServiceSnapshot } from "../outage/outage-decision.ts";
import { publishHold, publishSuppressed } from "../report/guard-outcomes.ts";
import { nextAfterOpening, serviceCause, sourceAlarm } from "../report/service-outcome.ts";
import { type ApplyDependencies, applyRecord } from "./apply-record.ts";

type OpenDecision = Extract<OutageDecision, { kind: "open" }>;

/**
 * Takes a service out. What no probe has confirmed needs a place within the account's blast radius; where there is
 * none the probe is asked at once, and without one the service is left active, loudly.
 *
 * @returns the record as it is then, or `undefined` when another writer was quicker
 */
export async function openOutage(
  dependencies: ApplyDependencies,
  snapshot: ServiceSnapshot,
  decision: OpenDecision,
): Promise<StoredActivation | undefined> {
  const { activation, blastRadius, clock } = dependencies;
  const { service, record, memory } = snapshot;
  const { outage, flapping } = decision;
  const reasons = flapping ? [outage, flapping] : [outage];
  const change = { add: reasons, writerAttributes: failoverAttributes({ memory: decision.memory }) };
  const wouldAct =
    decideActivation({ ...record, reasons: [...record.reasons, ...reasons] }, clock.now()).action === "deactivate";
  const needsPlace = wouldAct && !outage.confirmedByProbe;

  // Known to be suppressed: there is no hurry, and nothing to take back afterwards.
  if (needsPlace && memory.suppressed && !(await blastRadius.claim(service.name))) return record;
  // Otherwise both at once: a round trip is worth more than one that has to be taken back now and then.
  const [written, hasPlace] = await Promise.all([
    activation.changeIf(service.name, record, change),
    !needsPlace || memory.suppressed !== undefined || blastRadius.claim(service.name),
  ]);
  if (!written) return undefined;
  if (hasPlace) return deactivate(dependencies, snapshot, decision, written);
  const probe = await probeService(dependencies, service);
  if (probe?.passed !== false) return suppress(dependencies, snapshot, decision, written);
  const confirmed = { ...outage, confirmedByProbe: true };
  const because = `${decision.because}; its probe fails, too: ${probe.because}`;
  const after = await activation.change(service.name, { add: [confirmed] });
  return deactivate(dependencies, snapshot, { ...decision, outage: confirmed, because }, after);
}

async function deactivate(
  dependencies: ApplyDependencies,
  { service, policy, evidence, deadline }: ServiceSnapshot,
  { outage, flapping, because }: OpenDecision,
  written: StoredActivation,
): Promise<StoredActivation> {
  const cause = serviceCause(service, "outage", outage.since, sourceAlarm(outage));
  const report = { service, because, cause, next: nextAfterOpening(policy, flapping), alarms: evidence.alarms };
  if (flapping) dependencies.onGuardTriggered?.();
  const { record, decision } = await applyRecord(dependencies, report, written, deadline);
  if (decision.action === "leave") await publishHold(dependencies, report, record, "deactivated");
  return record;
}

/** Takes the intent back and says so. Others leave a fresh change alone for a minute, so nobody has applied it. */
async function suppress(
  dependencies: ApplyDependencies,
  snapshot: ServiceSnapshot,
  { outage, flapping, because }: OpenDecision,
  written: StoredActivation,
): Promise<StoredActivation> {
  const { activation } = dependencies;
  const { service, memory } = snapshot;
  await publishSuppressed(dependencies, snapshot, outage, because);
  const change: ActivationChange = {
    remove: flapping ? ["OUTAGE", "FLAPPING"] : ["OUTAGE"],
    writerAttributes: failoverAttributes({ memory: { ...memory, suppressed: outage } }),
  };
  const after = await activation.changeIf(service.name, written, change);
  return after ?? activation.change(service.name, change);
}
