import { desiredActivation } from "../../../shared/activation/decide-activation.ts";
import { newCarrier, withIntent } from "../../../shared/activation/intents.ts";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import { noteOutcome } from "../../../shared/outcomes/note-outcome.ts";
import type { ActivationChange, Carrier, StoredActivation } from "../../../shared/records/account/activation.ts";
import { recordAfter } from "../../../shared/records/account/activation-item.ts";
import { type FailoverMemory, failoverAttributes } from "../../../shared/records/account/failover-memory.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { contendedError, retryLostWrites } from "../../../shared/state/conditional-write.ts";
import { probeService } from "../evidence/probe-service.ts";
import { isBegunByProbe, type OutageDecision, type ServiceSnapshot } from "../outage/outage-decision.ts";
import { heldOutcome, suppressedOutcome } from "../report/guard-outcomes.ts";
import {
  changeOutcome,
  nextAfterOpening,
  type ServiceReport,
  serviceCause,
  sourceAlarm,
} from "../report/service-outcome.ts";
import { neededPlace, toPublish, withdrawal } from "./admit-deactivation.ts";
import type { ApplyDependencies } from "./apply-dependencies.ts";
import { applyRecord } from "./apply-record.ts";
import { sendsAnyway } from "./look-first.ts";
import { maintainRecord } from "./maintain-record.ts";

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
  const { service, record, memory, isUnknown } = snapshot;
  const { outage, flapping } = decision;
  const now = clock.now();
  const carrier = newCarrier(snapshot.deadline);
  const begun: ActivationChange = {
    add: flapping ? [outage, flapping] : [outage],
    writerAttributes: failoverAttributes({ memory: decision.memory }),
    // What is out is not to be called, whoever has activated it against a reason.
    ...(desiredActivation(record, now).isActive
      ? {}
      : sendsAnyway({ record, isUnknown: isUnknown === true }, false, now)),
  };
  const noted = withIntent(record, begun, {
    carrier,
    now,
    because: { isActive: false, words: decision.because },
    outcomeOf: changeOutcome(outageReport(snapshot, decision)),
  });
  const left = { before: record, after: recordAfter(record, begun, now) };
  const wouldAct = noted.decision.action === "deactivate";
  // Where it is to be active, what is noted for that stays noted: the outage is told all the same.
  const change = wouldAct
    ? noted.change
    : { ...begun, ...toPublish(record, heldOutcome(outageReport(snapshot, decision), left, now), carrier, now) };
  const place = wouldAct ? neededPlace(service, outage) : undefined;
  const opening: Opening = { carrier, generation: wouldAct ? noted.change.generation : undefined };

  // Known to be suppressed: there is no hurry, and nothing to take back afterwards.
  if (place && memory.suppressed && !(await blastRadius.claim(place))) {
    return maintainRecord(dependencies, snapshot, memory);
  }
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
    await takeBack(dependencies, snapshot, { decision, opening, written }, memory);
    throw claiming.reason;
  }
  if (claiming.value) return deactivate(dependencies, snapshot, { decision, opening, written });
  const probe = isBegunByProbe(outage) ? undefined : await probeService(dependencies, service);
  if (probe?.result !== "FAILED") return suppress(dependencies, snapshot, { decision, opening, written });
  const confirmed: OpenDecision = {
    ...decision,
    outage: { ...outage, confirmedByProbe: true },
    because: `${decision.because}; its probe fails, too: ${probe.because}`,
  };
  const says = changeOutcome(outageReport(snapshot, confirmed));
  const after = await changeUntilWritten(dependencies, snapshot, written, ({ intents = [] }) => ({
    add: [confirmed.outage],
    intents: intents.map((intent) =>
      intent.generation === opening.generation
        ? { ...intent, because: confirmed.because, outcome: noteOutcome(says(intent, intent.generation)) }
        : intent,
    ),
  }));
  return deactivate(dependencies, snapshot, { decision: confirmed, opening, written: after });
}

/** How the outage was noted in the record. */
interface Opening {
  carrier: Carrier;
  /** Number of its intent; left out where nothing is to be done in RingCX. */
  generation: number | undefined;
}

/** An outage that stands in the record. */
interface Opened {
  decision: OpenDecision;
  opening: Opening;
  /** The record as it was written. */
  written: StoredActivation;
}

function outageReport({ service, policy, evidence }: ServiceSnapshot, decision: OpenDecision): ServiceReport {
  const { outage, flapping, because } = decision;
  const cause = serviceCause(service, "outage", outage.since, sourceAlarm(outage));
  return { service, because, cause, next: nextAfterOpening(policy, flapping), alarms: evidence.alarms };
}

async function deactivate(
  dependencies: ApplyDependencies,
  snapshot: ServiceSnapshot,
  { decision, opening, written }: Opened,
): Promise<StoredActivation> {
  const { service, deadline } = snapshot;
  if (decision.flapping) dependencies.onGuardTriggered?.();
  const options = { carrier: opening.carrier, deadline, snapshot, admitted: opening.generation };
  const applied = await applyRecord(dependencies, service, written, options);
  return applied.record;
}

/** Takes the intent back and says so. */
async function suppress(
  dependencies: ApplyDependencies,
  snapshot: ServiceSnapshot,
  opened: Opened,
): Promise<StoredActivation> {
  const { outage, because } = opened.decision;
  const outcome = suppressedOutcome(dependencies, snapshot, outage, because);
  const record = await takeBack(dependencies, snapshot, opened, { ...snapshot.memory, suppressed: outage }, outcome);
  const { carrier } = opened.opening;
  return (await applyRecord(dependencies, snapshot.service, record, { carrier, deadline: snapshot.deadline, snapshot }))
    .record;
}

/**
 * Others leave alone what this process carries, so nobody has applied it.
 *
 * @param outcome what is to be published of it
 */
function takeBack(
  dependencies: ApplyDependencies,
  snapshot: ServiceSnapshot,
  { decision, opening, written }: Opened,
  memory: FailoverMemory,
  outcome?: OutcomeData,
): Promise<StoredActivation> {
  return changeUntilWritten(dependencies, snapshot, written, (record) => {
    const now = dependencies.clock.now();
    const withdrawn = withdrawal(record, opening.generation, now);
    const { intents } = withdrawn;
    return {
      remove: decision.flapping ? ["OUTAGE", "FLAPPING"] : ["OUTAGE"],
      writerAttributes: failoverAttributes({ memory }),
      ...withdrawn,
      ...(outcome && toPublish({ ...record, intents }, outcome, opening.carrier, now)),
    };
  });
}

async function changeUntilWritten(
  dependencies: ApplyDependencies,
  { service: { name } }: ServiceSnapshot,
  written: StoredActivation,
  changeOf: (record: StoredActivation) => ActivationChange,
): Promise<StoredActivation> {
  const { activation } = dependencies;
  let record = written;
  const after = await retryLostWrites(dependencies, async () => {
    const changed = await activation.changeIf(name, record, changeOf(record));
    if (!changed) record = await activation.get(name);
    return changed;
  });
  if (!after) throw contendedError(`the activation record of ${displayName(name)}`);
  return after;
}
