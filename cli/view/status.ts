import { shellArgument } from "../../shared/primitives/shell-argument.ts";
import type { RotationReport, UnreachedChange } from "../../shared/records/credential/rotation-report.ts";
import type { StoredOutcome } from "../../shared/records/outcome.ts";
import { ownFaultWords } from "../../shared/records/own-fault-words.ts";
import { displayName } from "../../shared/records/service-name.ts";
import { isSameId } from "../../shared/ringcx/resources/auth-config.ts";
import type { FailoverMode } from "../environment/environment.ts";
import type { OwnFaultNow, QuotaUse, Waiting, WatchedQueue } from "../read/health.ts";
import type { UnderWay } from "../read/under-way.ts";
import { modeLines, ownModeLines } from "./failover-mode.ts";
import { outcomeLine } from "./outcome.ts";
import type { Paint } from "./paint.ts";
import { concernWords, needsAttention, stateWords, whyConcerned } from "./rotations.ts";
import { type ServiceState, sinceWords, unreadableLine } from "./service-state.ts";
import type { Unfinished } from "./unfinished.ts";
import { counted, duration, indented, when } from "./words.ts";

/** What `status` has read. */
export interface Status {
  environment: string;
  /** ISO 8601. */
  at: string;
  /** The environment's; left out where nobody knows it. */
  failoverMode?: FailoverMode;
  accounts: readonly { accountId: string; services: readonly ServiceState[] }[];
  /** Items of the table that cannot be read, each in a sentence. */
  unreadable: readonly string[];
  ownFaults: readonly OwnFaultNow[];
  queues: Readonly<Record<WatchedQueue, number>>;
  waiting: readonly Waiting[];
  quota: readonly QuotaUse[];
  rotations: RotationReport | undefined;
  /** Changes of credentials that are under way, or whose process was killed. */
  underWay: readonly UnderWay[];
  /** Messages that were carried out in part, the newest first. */
  unfinished: readonly Unfinished[];
  /** The newest first. */
  outcomes: readonly StoredOutcome[];
}

/** What needs a person, in words, each with what to type or do. Pure. */
export function needsPerson(status: Status): string[] {
  const { accounts, unreadable, ownFaults, queues, waiting, rotations, unfinished } = status;
  const of = (count: number, what: string, type: string) =>
    count > 0 ? [`${counted(count, what)} cannot be right → ${type}`] : [];
  return [
    ...accounts.flatMap(({ accountId, services }) =>
      services.flatMap((service) =>
        service.needsPerson.map((what) => `${accountId} ${displayName(service.name)}: ${what}`),
      ),
    ),
    ...waiting.flatMap(({ accountId, messages, since, isAsleep }) =>
      isAsleep
        ? `${accountId}: nobody works at ${counted(messages, "open message")}${since === undefined ? "" : `, the oldest taken in ${since}`} → apply FILE (any message of the account wakes its worker), or the output RedriveWakesCommand (docs/runbook.md#wakes-undelivered)`
        : [],
    ),
    ...of(queues.Reject, "message", "rejected list"),
    ...of(queues.CommandReject, "command", "rejected list --commands"),
    ...unfinished.map(unfinishedLine),
    ...(rotations?.lines ?? [])
      .filter(needsAttention)
      .map(
        (line) =>
          `${line.accountId} auth config ${line.providerName ?? line.authConfigId}: ${concernWords(line)} (secret ${[line.secret, ...whyConcerned(line)].join("; ")}) → rotations`,
      ),
    ...(rotations?.edges ?? []).map(
      ({ accountId, service, host = "an unknown host", secretArn }) =>
        `${accountId} ${service}: is called at ${host} with ${secretArn}, which does not allow it → docs/rotation.md`,
    ),
    ...(rotations?.refused ?? []).map(({ secret, problem }) => `secret ${secret}: ${problem}`),
    ...ownFaults.map((fault) => `${fault.accountId} ${ownFaultLine(fault)}`),
    ...unreadable,
  ];
}

/** A message that is kept nowhere: whoever sent it has it. */
function unfinishedLine({ accountId = "-", source, id, time, resources, problem }: Unfinished): string {
  const [first = "", ...more] = resources;
  const names = more.length === 0 ? first : `${first} and ${more.length} more`;
  const because = problem === undefined ? "" : `: ${problem}`;
  return `${accountId} ${names}: not done by the message ${source}/${id} of ${time}${because} → outcomes --since 7d --id ${shellArgument(id)}; mend that and send it again (apply FILE)`;
}

/** A fault of our own: what cannot be asked, of which services, and what to do. Pure. */
export function ownFaultLine({ key, since, summary }: Pick<OwnFaultNow, "key" | "since" | "summary">): string {
  const { subject, hint } = ownFaultWords(key);
  return `since ${since}: ${summary ?? `${subject} cannot be seen by failover`} → ${hint}`;
}

/** The status for a person. Pure. */
export function statusText(status: Status, paint: Paint): string {
  const { environment, accounts, queues, waiting, quota, outcomes, rotations, failoverMode } = status;
  const now = Date.parse(status.at);
  const todo = needsPerson(status);
  const lines = [
    paint("strong", `${environment}, ${status.at}`),
    "",
    ...(todo.length === 0
      ? [paint("good", "Nothing needs a person.")]
      : [paint("bad", "Needs a person"), ...indented(todo)]),
    ...modeLines(undefined, failoverMode).map((line) => paint("warn", line)),
  ];
  for (const { accountId, services } of accounts) {
    const inactive = services.filter(({ state }) => state !== "active");
    const active = services.length - inactive.length;
    lines.push(
      "",
      `${paint("strong", `Account ${accountId}`)}: ${counted(services.length, "service")}, ${active} active`,
    );
    const modes = services.map(({ typed, failoverMode: mode }) => ({ typed, mode }));
    lines.push(...indented(ownModeLines(modes, failoverMode)));
    for (const service of services) {
      if (
        service.state === "active" &&
        service.holds.length === 0 &&
        service.reasons.length === 0 &&
        !service.pending &&
        service.unreadable.length === 0
      )
        continue;
      lines.push(...indented(serviceLines(service, now, paint)));
    }
  }
  lines.push("", paint("strong", "Work"));
  for (const { scope, used, limit, windowMs, pausedUntil } of quota) {
    const paused = pausedUntil === undefined ? "" : paint("warn", `, paused until ${pausedUntil}: RingCX answered 429`);
    lines.push(`  RingCX requests in the last ${windowWords(windowMs)}, ${scope}: ${used} of ${limit}${paused}`);
  }
  lines.push(
    `  on their way: ${counted(queues.Provisioning, "message")}, ${counted(queues.Command, "command")}, ${counted(queues.Alarm, "alarm event")}`,
  );
  for (const { accountId, messages, since, isAsleep } of waiting) {
    if (messages === 0) continue;
    const oldest = since === undefined ? "" : `, the oldest taken in ${when(since, now)}`;
    const what = isAsleep ? "has open, and nobody works at," : "works at";
    lines.push(`  account ${accountId} ${what} ${counted(messages, "message")}${oldest}`);
  }
  lines.push(
    rotations
      ? `  rotation: ${counted(rotations.authConfigs, "auth config")} with a secret, ${rotations.overdue} overdue, ${rotations.failing} failing (${when(rotations.at, now)})`
      : "  rotation: has not run yet",
  );
  for (const change of status.underWay) {
    const { accountId, providerName, record } = change;
    const ends = endWords(record, unreachedOf(change, rotations), now);
    lines.push(`  ${accountId} auth config ${providerName}: ${stateWords(record)}; ends: ${ends}`);
  }
  lines.push("", paint("strong", "Last outcomes"));
  lines.push(
    ...indented(outcomes.length === 0 ? ["none"] : outcomes.map((outcome) => outcomeLine(outcome, now, paint))),
  );
  return lines.join("\n");
}

function windowWords(windowMs: number): string {
  return windowMs === 60_000 ? "minute" : `${windowMs / 1000} s`;
}

/** An inactive service: why, since when, what ends it, what to type. */
function serviceLines(service: ServiceState, now: number, paint: Paint): string[] {
  const { name, typed, state, unreadable, pending, reasons, over, holds } = service;
  const how = paint(state === "active" ? "good" : "warn", state.padEnd(8));
  return [
    `${how}  ${displayName(name)}${sinceWords(service, now)}`,
    ...(service.shownAs === undefined
      ? []
      : [`          renamed in the admin page: RingCX calls it ${service.shownAs}`]),
    ...unreadable.map((kind) => `          ${unreadableLine(kind)}`),
    ...(pending === undefined ? [] : [`          ${pending}`]),
    ...reasons.map(({ why, ends, command }) => {
      const type = command === undefined ? "" : ` → ${paint("strong", command)}`;
      return `          ${although(state)}${why}; ends: ${ends}${type}`;
    }),
    ...(reasons.length === 0 && state === "inactive" && over !== undefined ? [`          ${over}`] : []),
    ...(reasons.length === 0 && state === "unknown" && !unreadable.includes("activation")
      ? [`          it was neither written nor seen yet → why ${typed}`]
      : []),
    ...holds.map((hold) => `          ${hold}`),
  ];
}

/** What the last run says of a change that nothing there can end. */
function unreachedOf(
  { accountId, authConfigId }: UnderWay,
  rotations: RotationReport | undefined,
): UnreachedChange | undefined {
  return rotations?.unreached.find((one) => one.accountId === accountId && isSameId(one.authConfigId, authConfigId));
}

/** What ends a change of a credential, whatever becomes of its process. */
function endWords(
  { state, lease, failure }: UnderWay["record"],
  unreached: UnreachedChange | undefined,
  now: number,
): string {
  const isPaused = failure?.isOfCurrent === true && failure.retryAt > now;
  const run = isPaused ? `the first run from ${new Date(failure.retryAt).toISOString()} on` : "the next run";
  const byItself = state.kind === "ROTATING" ? "its next step, or the scheduled run puts the version before back" : run;
  const next = unreached ? unreachedWords(unreached) : byItself;
  if (!lease) return next;
  const until = new Date(lease.until).toISOString();
  return lease.until > now
    ? `whoever is at it; if it was killed, ${next}${unreached ? "" : ` after ${until}`}`
    : `whoever was at it was killed (its lease ran out at ${until}): ${next}`;
}

/** Why nothing ends it, and what would. */
function unreachedWords({ secret, kind = "", problem }: UnreachedChange): string {
  const why = problem ?? `its secret ${secret} does not feed it: it is not listed, or its tags do not allow it`;
  if (problem === undefined) {
    return `nothing as long as ${why}; which of them, the look says that comes every 15 minutes → restore it or put its tags right: the next run ends it; where it is gone for good, give the auth config another secret (apply FILE)`;
  }
  const isLost = ["GONE", "REPLACED", "ELSEWHERE"].includes(kind);
  const way = kind === "DELETED" ? "restore it" : "put its tags right";
  return isLost
    ? `nothing by itself, because ${why} → give the auth config another secret (apply FILE)`
    : `nothing as long as ${why} → ${way}: the next run ends it`;
}

/** What goes before a reason why it should be inactive. */
function although(state: ServiceState["state"]): string {
  return state === "active" ? "although " : "";
}

/** How old a status may become until it is read again, in words. @param everyMs milliseconds */
export function watchLine(everyMs: number): string {
  return `Read again every ${duration(everyMs)}, until Ctrl-C.`;
}
