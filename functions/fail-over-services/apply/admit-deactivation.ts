import { isForOutageAlone } from "../../../shared/activation/decide-activation.ts";
import { intentsAfterWithdrawal, newCarrier, noteIntent } from "../../../shared/activation/intents.ts";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type {
  ActivationChange,
  ActivationRecord,
  Carrier,
  Intent,
  StoredActivation,
} from "../../../shared/records/account/activation.ts";
import { failoverAttributes, failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { probeService } from "../evidence/probe-service.ts";
import { isBegunByProbe, type Outage, outageIn, type ServiceSnapshot } from "../outage/outage-decision.ts";
import { suppressedOutcome } from "../report/guard-outcomes.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import type { ApplyDependencies } from "./apply-dependencies.ts";
import { endpointPlace, type Place, servicePlace } from "./blast-radius.ts";

/** The place that an outage needs within the blast radius. An alarm that a probe confirms needs none. */
export function neededPlace({ name, validation }: WatchedService, outage: Outage): Place | undefined {
  if (isBegunByProbe(outage) && validation) return endpointPlace(name, validation.url);
  return outage.confirmedByProbe ? undefined : servicePlace(name);
}

/** The outage, where nothing but it keeps a service inactive. */
export function loneOutage(record: ActivationRecord, now: number): Outage | undefined {
  return isForOutageAlone(record, now) ? outageIn(record) : undefined;
}

/**
 * Asks the blast radius for a service that is to go out after its outage had begun: a hold is over, or whoever began it
 * died. What has a place keeps it.
 *
 * @returns true where it may; otherwise the record without its outage, `undefined` when another writer was quicker
 */
export async function admitDeactivation(
  dependencies: ApplyDependencies,
  snapshot: ServiceSnapshot,
  record: StoredActivation,
  intent: Intent,
): Promise<true | StoredActivation | undefined> {
  const { activation, blastRadius, clock } = dependencies;
  const { service } = snapshot;
  const outage = loneOutage(record, clock.now());
  const place = outage && neededPlace(service, outage);
  if (!place || (await blastRadius.claim(place))) return true;
  if (!isBegunByProbe(outage)) {
    const probe = await probeService(dependencies, service);
    if (probe?.result === "FAILED") {
      const confirmed: ActivationChange = { add: [{ ...outage, confirmedByProbe: true }] };
      return activation.changeIf(service.name, record, confirmed);
    }
  }
  const outcome = suppressedOutcome(dependencies, snapshot, outage, intent.because);
  const intents = record.intents?.map((one) =>
    one.generation === intent.generation ? { ...one, isRefused: true as const } : one,
  );
  const refused = { ...record, ...(intents && { intents }) };
  return activation.changeIf(service.name, record, {
    remove: ["OUTAGE", "FLAPPING"],
    writerAttributes: failoverAttributes({ memory: { ...failoverMemoryOf(record), suppressed: outage } }),
    ...toPublish(refused, outcome, record.carrier, clock.now()),
  });
}

/**
 * Takes an outage back that was noted, and that nobody has begun to act upon. Another writer may have added something
 * meanwhile, so it is tried until it is written.
 */
export function withdrawal(
  record: StoredActivation,
  generation: number | undefined,
  now: number,
): Required<Pick<ActivationChange, "intents">> & Pick<ActivationChange, "carrier"> {
  const { intents: all = [] } = record;
  const intents = generation === undefined ? all : intentsAfterWithdrawal(record, generation, now);
  return { intents, ...(intents.length === 0 && { carrier: null }) };
}

/** Notes an outcome in the record, so that it is published whatever fails: nothing is to be done in RingCX for it. */
export function toPublish(
  record: StoredActivation,
  outcome: OutcomeData,
  carrier: Carrier | undefined,
  now: number,
): ActivationChange {
  const intent = { isActive: true, because: outcome.summary, isApplied: true as const };
  return noteIntent(record, intent, { carrier: carrier ?? newCarrier(now), now, outcomeOf: () => outcome });
}
