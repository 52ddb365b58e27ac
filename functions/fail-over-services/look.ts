import { decideActivation, isInForce, type StoredActivation } from "../../shared/activation.ts";
import type { AlarmState } from "./alarm-states.ts";
import { decideOutage, type Evidence, type Outage, type OutageDecision } from "./decide-outage.ts";
import type { Cause, FailOverParts } from "./parts.ts";
import { probeOf } from "./probe-of.ts";
import { type Switch, sentence, switchService, tellOnly } from "./switch-service.ts";
import { titleOf, type WatchedService } from "./watched-service.ts";

/** A service at which looking failed; the others are done. */
export interface FailedLook {
  service: WatchedService;
  error: unknown;
}

/**
 * Looks at services and does what is due, whatever it was that said "look": an alarm's event, five of them, one that
 * came late, or the sweep. One question to CloudWatch for all; services of a higher priority first.
 */
export async function lookAt(
  parts: FailOverParts,
  services: readonly WatchedService[],
  { deadline }: { deadline: number },
): Promise<FailedLook[]> {
  const watched = services.filter((service) => modeOf(parts, service) !== "off");
  const states = await parts.askAlarms([...new Set(watched.flatMap(({ health }) => health.alarms ?? []))]);
  const byPriority = watched.toSorted((a, b) => (b.health.priority ?? 0) - (a.health.priority ?? 0));
  const looked = await Promise.allSettled(byPriority.map((service) => look(parts, service, states, deadline)));
  return looked.flatMap((result, index) => {
    const service = byPriority[index];
    return result.status === "rejected" && service ? [{ service, error: result.reason }] : [];
  });
}

async function look(
  parts: FailOverParts,
  service: WatchedService,
  states: ReadonlyMap<string, AlarmState>,
  deadline: number,
): Promise<void> {
  const { activation, clock, settings } = parts;
  const { health, name } = service;
  const isEnforced = modeOf(parts, service) === "enforce";
  const alarms = (health.alarms ?? []).map((arn) => ({ arn, state: states.get(arn) ?? { state: "MISSING" as const } }));
  const isFiring = alarms.some(({ state }) => state.state === "ALARM");
  const record = await activation.get(name);
  const outage = isEnforced ? openOutage(record) : (record.own.observedOutage as Outage | undefined);
  const evidence: Evidence = { alarms, probe: outage && !isFiring ? await probeOf(parts, service) : undefined };
  const recoverAfterSeconds = health.recoverAfterSeconds ?? settings.recoverAfterSeconds;
  const decision = decideOutage({
    outage,
    wellSince: typeof record.own.wellSince === "string" ? record.own.wellSince : undefined,
    evidence,
    recovery: health.recovery ?? "automatic",
    recoverAfterSeconds,
    now: clock.now(),
  });
  if (decision.kind === "begin" && health.neverDeactivate === true) {
    await tellNeverDeactivated(parts, service, record, decision);
    return;
  }
  const change = changeOf(decision, record, clock.now());
  if (Object.keys(change).length === 0 && !needsRepair(record, clock.now())) return;
  const switching: Switch = {
    service,
    deadline,
    because: "because" in decision ? decision.because : "RingCX and the activation record had come apart",
    cause: causeOf(service, decision, outage, clock.now()),
    details: { alarms: alarms.map(({ arn, state }) => ({ arn, ...state })) },
    change,
    ...(decision.kind === "begin" && { next: nextAfter(service, recoverAfterSeconds) }),
  };
  if (isEnforced) await switchService(parts, switching);
  else await observe(parts, switching, decision);
}

/** Longer than a function runs: whoever wrote the record has followed it by then, or died. In milliseconds. */
const followedMs = 60_000;

/** RingCX and the record have come apart: a hold has ended, or somebody died between the record and RingCX. */
function needsRepair(record: StoredActivation, now: number): boolean {
  const isFollowed = record.changedAt === undefined || now - Date.parse(record.changedAt) >= followedMs;
  return isFollowed && decideActivation(record, now).action !== "leave";
}

function modeOf({ settings }: FailOverParts, { health }: WatchedService) {
  return health.mode ?? settings.mode;
}

function openOutage({ reasons }: StoredActivation): Outage | undefined {
  return reasons.find((reason): reason is Outage => reason.kind === "OUTAGE");
}

function changeOf(decision: OutageDecision, record: StoredActivation, now: number): Switch["change"] {
  const { wellSince } = record.own;
  switch (decision.kind) {
    case "none":
      // Tidies up what has ended by itself; if nothing has, nothing is written but the question what to do now.
      return record.override && !isInForce(record.override, now) ? { override: null } : {};
    case "begin":
      return { add: [decision.outage], own: { wellSince: undefined } };
    case "continue":
      return wellSince === undefined ? {} : { own: { wellSince: undefined } };
    case "recovering":
      return wellSince === decision.wellSince ? {} : { own: { wellSince: decision.wellSince } };
    case "end":
      return { remove: ["OUTAGE"], override: null, own: { wellSince: undefined } };
  }
}

/** Keeps the outage beside the record, where it holds nobody else back, and says what would have been done. */
async function observe(parts: FailOverParts, switching: Switch, decision: OutageDecision): Promise<void> {
  const { own } = switching.change;
  const { service } = switching;
  if (decision.kind === "begin") {
    await tellOnly(parts, switching, false);
    await parts.activation.change(service.name, { own: { ...own, observedOutage: decision.outage } });
  } else if (decision.kind === "end") {
    await tellOnly(parts, switching, true);
    await parts.activation.change(service.name, { own: { ...own, observedOutage: undefined } });
  } else if (own) {
    await parts.activation.change(service.name, { own });
  }
}

/** The same thing said again has the same id: of a service, what happened, and since when. */
function causeOf({ name }: WatchedService, decision: OutageDecision, open: Outage | undefined, now: number): Cause {
  const outage = decision.kind === "begin" ? decision.outage : open;
  const what = decision.kind === "end" ? "recovery" : outage ? "outage" : "repair";
  const since = outage?.since ?? new Date(now).toISOString();
  return {
    source: outage?.alarms[0] ?? "/ringcx-automation/sweep",
    id: `${what}/${name.accountId}/${titleOf(name)}/${since}`,
    type: outage ? "aws.cloudwatch.alarm" : "ringcx.sweep",
  };
}

function nextAfter({ health, validation }: WatchedService, recoverAfterSeconds: number): string {
  if (health.recovery === "manual") return "It stays inactive until a command brings it back";
  const isProbed = validation !== undefined && validation.method !== "POST";
  return `It comes back when no alarm fires${isProbed ? " and its probe passes" : ""} for ${recoverAfterSeconds} s`;
}

async function tellNeverDeactivated(
  { outcomes, activation, onGuard }: FailOverParts,
  { name }: WatchedService,
  record: StoredActivation,
  { outage, because }: Extract<OutageDecision, { kind: "begin" }>,
): Promise<void> {
  const told = outage.alarms.join(" ");
  if (record.own.toldNeverDeactivated === told) return;
  onGuard?.();
  await outcomes.publish({
    status: "NO_CHANGE",
    summary: `${titleOf(name)} left active although an alarm fires, as its manifest says (neverDeactivate): ${sentence(because)}`,
    accountId: name.accountId,
    cause: {
      source: outage.alarms[0] ?? "/ringcx-automation/sweep",
      id: `never-deactivate/${name.accountId}/${titleOf(name)}/${outage.since}`,
      type: "aws.cloudwatch.alarm",
    },
  });
  await activation.change(name, { own: { toldNeverDeactivated: told } });
}
