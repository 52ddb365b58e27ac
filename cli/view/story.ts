import type { FailoverMemory } from "../../shared/records/account/failover-memory.ts";
import type { StoredOutcome } from "../../shared/records/outcome.ts";
import { nameWithAccount } from "../../shared/records/service-name.ts";
import type { FailoverMode } from "../environment/environment.ts";
import type { AlarmNow } from "../read/alarms.ts";
import { modeLines } from "./failover-mode.ts";
import { outcomeLine } from "./outcome.ts";
import type { Paint } from "./paint.ts";
import { type ServiceState, sinceWords, unreadableLine } from "./service-state.ts";
import { counted, indented, when } from "./words.ts";

/** What `why` has read of a service. */
export interface Story {
  state: ServiceState;
  memory: FailoverMemory;
  alarms: readonly AlarmNow[];
  /** What of it failover cannot ask, each with what to do. */
  notAsked: readonly string[];
  /** Of its endpoint, where a message declared it. */
  declared?: {
    url?: string;
    authConfig?: string;
    isProbed: boolean;
    recovery?: string;
    mode?: FailoverMode;
    message?: string;
  };
  /** The environment's, for a service whose manifest says none; left out where nobody knows it. */
  failoverMode?: FailoverMode;
  /** The newest first. */
  outcomes: readonly StoredOutcome[];
}

/** The story of a service for a person. Pure. @param now epoch milliseconds */
export function storyText(
  { state, memory, alarms, notAsked, declared, failoverMode, outcomes }: Story,
  now: number,
  paint: Paint,
): string {
  const tone = state.state === "active" ? "good" : "warn";
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", paint("strong", title), ...indented(lines)];
  return [
    `${paint("strong", nameWithAccount(state.name))} is ${paint(tone, state.state)}${sinceWords(state, now)}.`,
    ...(state.shownAs === undefined ? [] : [`It was renamed in the admin page: RingCX calls it ${state.shownAs}.`]),
    ...(state.pending === undefined ? [] : [`It ${state.pending}.`]),
    ...section("Needs a person", [...state.unreadable.map(unreadableLine), ...state.needsPerson]),
    ...section(
      state.state === "active" ? "Why it should be inactive" : "Why it is inactive",
      reasonLines(state, paint),
    ),
    ...section("What failover does", modeLines(state.failoverMode, failoverMode)),
    ...section("What failover cannot ask", notAsked),
    ...section("What people hold", state.holds),
    ...section(
      "Its alarms now",
      alarmLines(state, alarms, (alarm) => alarmLine(alarm, now, paint)),
    ),
    ...section("What failover remembers", memoryLines(memory, now)),
    ...section(
      "What messages declared",
      state.unreadable.includes("declared")
        ? ["unknown: its item cannot be read"]
        : declared
          ? declaredLines(declared, (declared.mode ?? failoverMode) === "off")
          : [
              state.isHalfMade
                ? "nothing yet: the message that makes it has not come to its end"
                : "nothing: no message made it or took it over",
            ],
    ),
    ...section(
      "Last outcomes",
      outcomes.map((outcome) => outcomeLine(outcome, now, paint)),
    ),
  ].join("\n");
}

/** None is said only where all is known that names one. */
function alarmLines(
  { unreadable }: ServiceState,
  alarms: readonly AlarmNow[],
  line: (alarm: AlarmNow) => string,
): string[] {
  const isAllKnown = !unreadable.includes("declared") && !unreadable.includes("tags");
  if (isAllKnown) return alarms.length === 0 ? ["none speak for it"] : alarms.map(line);
  return [...alarms.map(line), "others may: an item that names them cannot be read"];
}

function reasonLines({ state, reasons, unreadable, over }: ServiceState, paint: Paint): string[] {
  if (unreadable.includes("activation")) return ["unknown: its item cannot be read"];
  if (reasons.length === 0) return state === "active" ? [] : [over ?? "no reason is on record"];
  return reasons.flatMap(({ why, since, ends, command }) => [
    `${why}, since ${since}`,
    `  it ends by: ${ends}`,
    ...(command === undefined ? [] : [`  to end it now: ${paint("strong", command)}`]),
  ]);
}

function alarmLine({ name, state, since, reason, isMuted }: AlarmNow, now: number, paint: Paint): string {
  const tone = state === "ALARM" ? "bad" : state === "OK" ? "good" : "warn";
  const ago = since === undefined ? "" : ` since ${since} (${when(since, now)})`;
  const muted = isMuted ? ", its actions are off: failover does not listen" : "";
  return `${paint(tone, state)} ${name}${ago}${reason === undefined ? "" : `: ${reason}`}${muted}`;
}

function memoryLines(memory: FailoverMemory, now: number): string[] {
  const { healthySince, probePassingSince, consecutivePasses, consecutiveFailures, trial, recentOutages } = memory;
  const lines: (string | false | undefined)[] = [
    consecutivePasses !== undefined && `its last ${counted(consecutivePasses, "probe")} passed`,
    consecutiveFailures !== undefined && `its last ${counted(consecutiveFailures, "probe")} failed`,
    healthySince !== undefined && `nothing speaks for an outage since ${healthySince} (${when(healthySince, now)})`,
    probePassingSince !== undefined && `its probe passes although an alarm fires, since ${probePassingSince}`,
    memory.pausedSince !== undefined && `it could not be asked since ${memory.pausedSince}: times above stand still`,
    trial !== undefined && `it is tried until ${trial.until}, although its alarm has not cleared`,
    memory.failedTrials !== undefined && `${counted(memory.failedTrials, "trial")} failed`,
    recentOutages !== undefined &&
      recentOutages.length > 0 &&
      `${counted(recentOutages.length, "outage")} lately, the last began ${recentOutages.at(-1)}`,
    memory.suppressed !== undefined && "an outage is suppressed by the blast radius",
    memory.observedSuppressed !== undefined &&
      "an outage would be suppressed by the blast radius, but failover only observes",
    memory.exemptSince !== undefined && `an alarm fires in vain since ${memory.exemptSince}: it is never deactivated`,
    memory.observedOutage !== undefined &&
      `it would be out since ${memory.observedOutage.since}, but failover only observes`,
    (memory.mutedAlarms ?? []).length > 0 && `muted while they fire: ${memory.mutedAlarms?.join(", ")}`,
  ];
  return lines.filter((line) => typeof line === "string");
}

function declaredLines(
  { url, authConfig, isProbed, recovery, message }: NonNullable<Story["declared"]>,
  isOff: boolean,
): string[] {
  return [
    ...(url === undefined ? [] : [`endpoint ${url}`]),
    authConfig === undefined ? "called without an auth config" : `called with the auth config ${authConfig}`,
    ...(isOff
      ? []
      : [isProbed ? "probed by its validation request" : "not probed: it has no validation by GET or HEAD"]),
    ...(recovery === "manual" ? ["recovery is manual: an outage waits for a command"] : []),
    ...(message === undefined ? [] : [`last by ${message}`]),
  ];
}
