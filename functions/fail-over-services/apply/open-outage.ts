import { decideActivation } from "../../../shared/activation/decide-activation.ts";
import type { ActivationChange, StoredActivation } from "../../../shared/records/account/activation.ts";
import { type FailoverMemory, failoverAttributes } from "../../../shared/records/account/failover-memory.ts";
import { probeService } from "../evidence/probe-service.ts";
import { isBegunByProbe, type Outage, type OutageDecision, type ServiceSnapshot } from "../outage/outage-decision.ts";
import { publishHeldActive, publishSuppressed } from "../report/guard-outcomes.ts";
import { nextAfterOpening, serviceCause, sourceAlarm } from "../report/service-outcome.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import { type ApplyDependencies, applyRecord } from "./apply-record.ts";
import { endpointPlace, type Place, servicePlace } from "./blast-radius.ts";

type OpenDecision = Extract<OutageDecision, { kind: "open" }>;

/**
 * Takes a service out. What only an alarm, or only a probe, speaks for needs a place within the account's blast radius.
 * Where there is none the probe is asked at once if an alarm speaks; what nothing confirms is left active, loudly.
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
  const place = wouldAct ? neededPlace(service, outage) : undefined;

  // Known to be suppressed: there is no hurry, and nothing to take back afterwards.
  if (place && memory.suppressed && !(await blastRadius.claim(place))) return record;
  // Otherwise both at once: a round trip is worth more than one that has to be taken back now and then.
  const [writing, claiming] = await Promise.allSettled([
    activation.changeIf(service.name, record, change),
    !place || memory.suppressed !== undefined || blastRadius.claim(place),
  ]);
  if (writing.status === "rejected") throw writing.reason;
  const written = writing.value;
  if (!written) return undefined;
  if (claiming.status === "rejected") {
    // Whether it may go out is not known. The intent must not stay behind, or the next sweep would carry it out.
    await takeBack(dependencies, snapshot, decision, written, memory);
    throw claiming.reason;
  }
  if (claiming.value) return deactivate(dependencies, snapshot, decision, written);
  const probe = isBegunByProbe(outage) ? undefined : await probeService(dependencies, service);
  if (probe?.result !== "FAILED") return suppress(dependencies, snapshot, decision, written);
  const confirmed = { ...outage, confirmedByProbe: true };
  const because = `${decision.because}; its probe fails, too: ${probe.because}`;
  const after = await activation.change(service.name, { add: [confirmed] });
  return deactivate(dependencies, snapshot, { ...decision, outage: confirmed, because }, after);
}

/** An alarm that a probe confirms needs no place. */
function neededPlace({ name, validation }: WatchedService, outage: Outage): Place | undefined {
  if (isBegunByProbe(outage) && validation) return endpointPlace(name, validation.url);
  return outage.confirmedByProbe ? undefined : servicePlace(name);
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
  if (decision.action === "leave") await publishHeldActive(dependencies, report, record);
  return record;
}

/** Takes the intent back and says so. */
async function suppress(
  dependencies: ApplyDependencies,
  snapshot: ServiceSnapshot,
  decision: OpenDecision,
  written: StoredActivation,
): Promise<StoredActivation> {
  const { outage, because } = decision;
  await publishSuppressed(dependencies, snapshot, outage, because);
  return takeBack(dependencies, snapshot, decision, written, { ...snapshot.memory, suppressed: outage });
}

/** Others leave a fresh change alone for a minute, so nobody has applied it. */
async function takeBack(
  { activation }: ApplyDependencies,
  { service }: ServiceSnapshot,
  { flapping }: OpenDecision,
  written: StoredActivation,
  memory: FailoverMemory,
): Promise<StoredActivation> {
  const change: ActivationChange = {
    remove: flapping ? ["OUTAGE", "FLAPPING"] : ["OUTAGE"],
    writerAttributes: failoverAttributes({ memory }),
  };
  const after = await activation.changeIf(service.name, written, change);
  return after ?? activation.change(service.name, change);
}
