import { expiredHolds, isInForce, reasonsInForce } from "../../../shared/activation/reasons.ts";
import type { ActivationChange, StoredActivation } from "../../../shared/records/account/activation.ts";
import {
  type FailoverMemory,
  failoverAttributes,
  failoverMemoryOf,
} from "../../../shared/records/account/failover-memory.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { contendedError, retryLostWrites } from "../../../shared/state/conditional-write.ts";
import { applyDecision } from "../apply/apply-decision.ts";
import type { ApplyDependencies } from "../apply/apply-dependencies.ts";
import { type LookedAt, lookFirst } from "../apply/look-first.ts";
import { maintainRecord } from "../apply/maintain-record.ts";
import { applyObserveOnly, isObservedWithinRadius } from "../apply/observe-only.ts";
import { decideOutage } from "../outage/decide-outage.ts";
import { memoryWhileOff } from "../outage/lasting-memory.ts";
import { flappingIn, type OutageDecision, outageIn, type ServiceSnapshot } from "../outage/outage-decision.ts";
import { mayGoOut, policyOf } from "../outage/policy.ts";
import {
  endingInMode,
  endsInModeNews,
  type News,
  newsOf,
  notesWith,
  sinceNoted,
  withoutNews,
  withoutNotes,
} from "../report/service-news.ts";
import { ServiceReporter } from "../report/service-reporter.ts";
import type { FailoverSettings } from "../settings.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";

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
 * @param probedAt when a probe was counted last before its own was sent @default as the record says
 * @returns the record as it is then
 * @throws {AutomationError} `WRITE_CONTENDED` when others keep writing the record, and what RingCX and AWS throw
 */
export async function reconcileService(
  dependencies: ReconcileDependencies,
  { service, record, evidence }: Pick<ServiceSnapshot, "service" | "record" | "evidence">,
  deadline: number,
  probedAt = failoverMemoryOf(record).probedAt,
): Promise<StoredActivation> {
  const mode = service.health.mode ?? dependencies.settings.mode;
  const policy = policyOf(service, dependencies.settings);
  let current = record;
  let isFresh = true;
  let looked: LookedAt | undefined;
  const apply: ApplyOnce = async (snapshot, decision) => {
    if (!looked) {
      looked = await lookFirst(dependencies, snapshot, decidedChange(snapshot, decision, dependencies.clock.now()));
      if (looked?.record !== snapshot.record) return undefined;
    }
    return applyDecision(dependencies, { ...snapshot, isUnknown: looked.isUnknown }, decision);
  };
  const reporter = new ServiceReporter(dependencies, service.name);
  const attempts = retryLostWrites({ ...dependencies, maxAttempts }, async () => {
    if (!isFresh) current = await dependencies.activation.get(service.name);
    isFresh = false;
    const memory = memoryOfService(service, current, dependencies.settings);
    // Another sweep was quicker, and has counted its probe.
    const seen = memory.probedAt === probedAt ? evidence : { ...evidence, probe: undefined, isComplete: false };
    const snapshot: ServiceSnapshot = { service, record: current, evidence: seen, memory, policy, deadline };
    if (mode !== "enforce" && outageIn(current))
      return endOutageInMode(dependencies, snapshot, { mode, reporter, apply });
    return mode === "off"
      ? apply(snapshot, { kind: "stayClosed", memory: memoryWhileOff(memory) })
      : reconcileOnce(dependencies, snapshot, { mode, reporter, apply });
  });
  const written = await attempts.finally(() => reporter.end());
  if (!written) throw contendedError(`the record of ${displayName(service.name)}`);
  return written;
}

/** What is remembered of a service, without what a guard has kept from happening where failover may not do it any more. */
function memoryOfService(
  service: WatchedService,
  record: StoredActivation,
  settings: FailoverSettings,
): FailoverMemory {
  const { suppressed, observedSuppressed, ...memory } = failoverMemoryOf(record);
  const wouldGoOut = mayGoOut({ ...service, health: { ...service.health, mode: "enforce" } }, settings);
  return {
    ...memory,
    ...(suppressed && mayGoOut(service, settings) && { suppressed }),
    ...(observedSuppressed && wouldGoOut && { observedSuppressed }),
  };
}

/** Carries a decision out: `undefined` when another writer was quicker. */
type ApplyOnce = (snapshot: ServiceSnapshot, decision: OutageDecision) => Promise<StoredActivation | undefined>;

/** What a decision changes of the reasons; that of one which changes none is what a hold leaves whose time is over. */
function decidedChange(
  { record }: ServiceSnapshot,
  decision: OutageDecision,
  now: number,
): ActivationChange | undefined {
  switch (decision.kind) {
    case "open":
      return { add: decision.flapping ? [decision.outage, decision.flapping] : [decision.outage] };
    case "halfOpen":
      return { remove: ["OUTAGE"], override: null };
    case "close":
      return { remove: ["OUTAGE"], override: null, ...(decision.flapping && { add: [decision.flapping] }) };
    default:
      return expiredHolds(record, now)?.change;
  }
}

/** What a decision about an outage depends on. */
function questionOf({ record, memory, evidence, policy }: ServiceSnapshot, now: number) {
  const others = reasonsInForce(record, now).some(({ kind }) => kind !== "OUTAGE");
  return {
    flapping: flappingIn(record),
    isOverridden: isInForce(record.override, now),
    isHeldInactive: others || isInForce(record.handsOff, now),
    memory,
    evidence,
    policy,
    now,
  };
}

/**
 * Another mode than `enforce` has come while an outage was open: nothing new is begun, but what is out comes back, by
 * evidence or by the command `activate`, and without a trial: nothing would end that.
 *
 * @returns the record as it is then, or `undefined` when another writer was quicker
 */
async function endOutageInMode(
  dependencies: ReconcileDependencies,
  snapshot: ServiceSnapshot,
  { mode, reporter, apply }: { mode: "observe" | "off"; reporter: ServiceReporter; apply: ApplyOnce },
): Promise<StoredActivation | undefined> {
  const outage = outageIn(snapshot.record);
  const now = dependencies.clock.now();
  const decision = withoutNotes(decideOutage({ ...questionOf(snapshot, now), outage }));
  const news = endsInModeNews(snapshot, decision, { outage, mode, now });
  if (await noteNews(dependencies, snapshot, news, now)) return undefined;
  const answer = await reporter.tell(snapshot);
  if (answer === "changed") return undefined;
  // It is brought to its end by whoever tells of it.
  if (answer === "elsewhere") return snapshot.record;
  const told = withoutNotes(snapshot);
  if (decision.kind === "halfOpen") {
    const { trial: _trial, ...memory } = decision.memory;
    return apply(told, { ...decision, kind: "close", flapping: undefined, memory });
  }
  if (decision.kind !== "stayOpen") return apply(told, decision);
  return apply(told, { ...decision, memory: endingInMode(decision.memory, mode) });
}

/** @returns whether something was to be noted: then the record is read again */
async function noteNews(
  { activation }: ReconcileDependencies,
  { service, record, memory }: ServiceSnapshot,
  news: readonly News[],
  now: number,
): Promise<boolean> {
  const notes = notesWith(news, memory, now);
  if (!notes) return false;
  const writerAttributes = failoverAttributes({ memory: { ...memory, notes } });
  await activation.changeIf(service.name, record, { writerAttributes });
  return true;
}

/** @returns the record as it is then, or `undefined` when another writer was quicker */
async function reconcileOnce(
  dependencies: ReconcileDependencies,
  snapshot: ServiceSnapshot,
  { mode, reporter, apply }: { mode: "enforce" | "observe"; reporter: ServiceReporter; apply: ApplyOnce },
): Promise<StoredActivation | undefined> {
  const { record, memory } = snapshot;
  const now = dependencies.clock.now();
  const outage = mode === "observe" ? memory.observedOutage : outageIn(record);
  const decided = decideOutage({ ...questionOf(snapshot, now), outage });
  const isOpened = mode === "enforce" && decided.kind === "open";
  const decision = withoutNotes(isOpened ? decided : sinceNoted(decided, memory));
  const isWithinRadius =
    mode === "enforce" || decision.kind !== "open" || (await isObservedWithinRadius(dependencies, snapshot, decision));
  const news = newsOf(snapshot, decision, { outage, mode, now, isWithinRadius, guards: dependencies.settings.guards });
  if (await noteNews(dependencies, snapshot, news, now)) return undefined;
  const answer = await reporter.tell(snapshot);
  if (answer === "changed") return undefined;
  if (decision.kind === "open" && !isWithinRadius) {
    // Only in mode observe: otherwise whoever opens it finds out.
    const { notes: _told, suppressed: _suppressed, observedSuppressed = decision.outage, ...rest } = memory;
    return answer === "elsewhere" ? record : maintainRecord(dependencies, snapshot, { ...rest, observedSuppressed });
  }
  const next = answer === "elsewhere" ? withoutNews(snapshot, decision, mode) : decision;
  if (!next) return record;
  const known = answer === "elsewhere" ? snapshot : withoutNotes(snapshot);
  return mode === "observe" ? applyObserveOnly(dependencies, known, next) : apply(known, next);
}
