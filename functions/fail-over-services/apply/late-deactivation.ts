import { NoLongerAdmittedError } from "../../../shared/activation/activation-caller.ts";
import { desiredActivation } from "../../../shared/activation/decide-activation.ts";
import {
  ChangeUnderWayError,
  changedRecord,
  intentsAfterLook,
  newCarrier,
  withIntent,
} from "../../../shared/activation/intents.ts";
import { isSurelyShown, withTried } from "../../../shared/activation/surely-shown.ts";
import type { ActivationChange, Intent, StoredActivation } from "../../../shared/records/account/activation.ts";
import { recordAfter } from "../../../shared/records/account/activation-item.ts";
import { failoverAttributes, failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import type { AlarmState } from "../evidence/evidence.ts";
import { probeService } from "../evidence/probe-service.ts";
import { lastingMemory } from "../outage/lasting-memory.ts";
import { flappingIn, isBegunByProbe, type Outage, type ServiceSnapshot } from "../outage/outage-decision.ts";
import { changeOutcome, serviceCause, sourceAlarm } from "../report/service-outcome.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import { admitDeactivation, loneOutage } from "./admit-deactivation.ts";
import type { ApplyDependencies } from "./apply-dependencies.ts";
import { giveBack } from "./give-back.ts";

/** An alarm is not asked again sooner than this, in milliseconds: CloudWatch takes nine questions a second of all. */
const askedAgainMs = 1_000;

/** Whether a service may go out, asked before each attempt of it. */
export interface Admission {
  /** As {@link ActivationCaller.admit}. */
  admit(record: StoredActivation, intent: Intent): Promise<true | StoredActivation | undefined>;
  /** @throws {NoLongerAdmittedError} */
  beforeRepeat(): Promise<void>;
}

/** What a service's admission depends on. */
interface AdmissionQuestion extends Pick<ServiceSnapshot, "service" | "record" | "deadline"> {
  /** What is seen of it; left out where a person has ordered it: the blast radius is no matter of theirs. */
  snapshot: ServiceSnapshot | undefined;
  /** Number of the intent that the guards have let through already. */
  admitted: number | undefined;
  /** What RingCX says now. */
  isActive(): Promise<boolean>;
}

/**
 * Asks what may have changed since an outage was noted: whether its alarm still fires, and whether the blast radius lets it
 * be. The first attempt of an event has just read both.
 */
export function createAdmission(dependencies: ApplyDependencies, question: AdmissionQuestion): Admission {
  const { activation, clock } = dependencies;
  const { service, snapshot, isActive } = question;
  let known = question.admitted;
  let current = question.record;
  let askedAt = clock.now();
  let triedAt: number | undefined;
  return {
    async admit(record, intent) {
      current = record;
      if (intent.isActive || intent.generation === known) return true;
      const change = await endOfOutage(dependencies, question, record);
      askedAt = clock.now();
      if (change) {
        const shown = await isActive();
        const asTried = triedAt === undefined ? record : { ...record, intents: withTried(record, intent, triedAt) };
        // Whether it went out nobody can say before no read can be older than the attempt.
        if (!isSurelyShown(asTried, shown, clock.now())) throw new ChangeUnderWayError(displayName(service.name));
        const looked = shown
          ? await neverBegun(dependencies, service, record, change)
          : { intents: withApplied(record, intent), observed: false };
        return activation.changeIf(service.name, record, looked);
      }
      return snapshot ? admitDeactivation(dependencies, snapshot, record, intent) : true;
    },
    async beforeRepeat() {
      triedAt = clock.now();
      if (clock.now() - askedAt < askedAgainMs) return;
      const isOver = (await endOfOutage(dependencies, question, current)) !== undefined;
      askedAt = clock.now();
      if (!isOver) return;
      known = undefined;
      throw new NoLongerAdmittedError();
    },
  };
}

/** It went out, and whoever did it died, or had no answer: the outage is as any other, and ends by evidence as any other. */
function withApplied({ intents = [] }: StoredActivation, { generation }: Intent): readonly Intent[] {
  return intents.map((one) => (one.generation === generation ? { ...one, isApplied: true as const } : one));
}

/** It is active: nothing of the outage is left but what is told of it. */
async function neverBegun(
  dependencies: ApplyDependencies,
  service: WatchedService,
  record: StoredActivation,
  change: ActivationChange,
): Promise<ActivationChange> {
  const now = dependencies.clock.now();
  const after = recordAfter(record, change, now);
  const intents = intentsAfterLook(after, true, now);
  return { ...change, ...(await giveBack(dependencies, service, after, intents)), intents, observed: true };
}

/**
 * An outage of which nothing speaks any more (no alarm fires, and a probe that had a part in it passes), or that failover may no
 * longer act upon. Nothing is to go out for it then, however it was noted.
 *
 * @returns what ends it; `undefined` where it lasts, or where nobody knows
 */
async function endOfOutage(
  dependencies: ApplyDependencies,
  { service, snapshot, deadline }: AdmissionQuestion,
  record: StoredActivation,
): Promise<ActivationChange | undefined> {
  const { clock } = dependencies;
  const outage = loneOutage(record, clock.now());
  const over = outage && (await whyOver(dependencies, { service, snapshot }, outage));
  if (!over) return undefined;
  const { words, alarms } = over;
  const now = clock.now();
  // It began with the outage, and that was none.
  const isItsFlapping = flappingIn(record)?.since === outage.since;
  const closing: ActivationChange = {
    remove: isItsFlapping ? ["OUTAGE", "FLAPPING"] : ["OUTAGE"],
    writerAttributes: failoverAttributes({ memory: lastingMemory(failoverMemoryOf(record)) }),
  };
  if (!desiredActivation(changedRecord(record, closing), now).isActive) return undefined;
  const cause = serviceCause(service, "recovery", outage.since, sourceAlarm(outage));
  return withIntent(record, closing, {
    carrier: record.carrier ?? newCarrier(deadline),
    now,
    because: { isActive: true, words },
    outcomeOf: changeOutcome({ service, because: words, cause, alarms }),
  }).change;
}

/** Why nothing goes out for an outage any more, and which alarms say so; `undefined` where it lasts, or where nobody knows. */
async function whyOver(
  dependencies: ApplyDependencies,
  { service, snapshot }: Pick<AdmissionQuestion, "service" | "snapshot">,
  outage: Outage,
): Promise<{ words: string; alarms: { arn: string; state: AlarmState }[] } | undefined> {
  if (snapshot?.policy.mayTakeOut === false) return { words: "failover may not take it out any more", alarms: [] };
  const isByProbe = isBegunByProbe(outage);
  if (outage.confirmedByProbe || isByProbe) {
    // A sweep has just asked; unless another one of the same minute had.
    const probe =
      snapshot && (snapshot.evidence.probe ?? (isByProbe ? await probeService(dependencies, service) : undefined));
    if (probe?.result !== "PASSED") return undefined;
  }
  const states = await dependencies.readAlarmStates([...new Set([...outage.alarms, ...service.alarms])]);
  if (!isQuiet(outage, states)) return undefined;
  const alarms = outage.alarms.flatMap((arn) => {
    const state = states.get(arn);
    return state ? [{ arn, state }] : [];
  });
  return { words: isByProbe ? "its probe passes" : "no alarm fires any more", alarms };
}

/** CloudWatch says of each alarm of the outage that it does not fire, and of no other that it does. */
function isQuiet({ alarms }: Outage, states: Awaited<ReturnType<ApplyDependencies["readAlarmStates"]>>): boolean {
  const quiet = new Set(["OK", "INSUFFICIENT_DATA"]);
  const isCalm = (arn: string) => quiet.has(states.get(arn)?.state ?? "UNKNOWN");
  const isHeard = [...states.values()].some(
    (one) => one.state === "UNKNOWN" || (one.state === "ALARM" && one.muted === undefined),
  );
  return alarms.every(isCalm) && !isHeard;
}
