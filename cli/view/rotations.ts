import { shellArgument } from "../../shared/primitives/shell-argument.ts";
import type { ApplyFailure, CredentialRecord } from "../../shared/records/credential/auth-config-state.ts";
import type { HistoryEntry } from "../../shared/records/credential/rotation-history.ts";
import type {
  CalendarLine,
  RotationReport,
  RotationReportLine,
} from "../../shared/records/credential/rotation-report.ts";
import {
  inRingCxWords,
  isBetweenVersions,
  versionsInRingCx,
} from "../../shared/records/credential/versions-in-ringcx.ts";
import type { VersionEnd } from "../read/rotation-history.ts";
import type { UnderWay } from "../read/under-way.ts";
import type { Paint } from "./paint.ts";
import { table } from "./table.ts";
import { counted, when } from "./words.ts";

/** When each secret is rotated, and what needs attention. Pure. @param now epoch milliseconds */
export function calendarText(
  {
    report,
    calendar,
    underWay = [],
  }: {
    report: RotationReport | undefined;
    calendar: readonly CalendarLine[];
    underWay?: readonly UnderWay[];
  },
  now: number,
  paint: Paint,
): string {
  const rows = calendar.map(({ secret, ageHours, next, overdueAt, rotateWithin, proof }) => [
    secret,
    ageHours === undefined ? "-" : `${ageHours} h`,
    nextWords(next, now),
    overdueAt === undefined ? "-" : `${overdueAt.slice(0, 16)} (${rotateWithin ?? ""})`,
    proof ?? "-",
  ]);
  const lines = report?.lines ?? [];
  const concernText = (line: RotationReportLine) => {
    const name = line.providerName ?? line.authConfigId;
    const tone = needsAttention(line) ? "bad" : "strong";
    return [`${paint(tone, line.concerns.join(", "))} ${line.accountId} ${name}`, ...whyConcerned(line)].join(": ");
  };
  const concerns = lines.filter(needsAttention).map(concernText);
  const refused = report?.refused ?? [];
  // The calendar has room for one of each secret, and no line's where the auth config tells it.
  const told = new Set([...lines, ...refused].map(({ secret }) => secret));
  const others = calendar.flatMap(({ secret, problem }) =>
    problem === undefined || told.has(secret) ? [] : [{ secret, problem }],
  );
  for (const { secret, problem } of [...refused, ...others]) {
    concerns.push(`${paint("bad", "PROBLEM")} secret ${secret}: ${problem}`);
  }
  const changes = underWay.map(
    ({ accountId, providerName, record }) =>
      `${paint("strong", "UNDER WAY")} ${accountId} ${providerName}: ${stateWords(record)}`,
  );
  // What died in the middle is nobody's task before the next run has ended it, and no reason to be content either.
  const isQuiet = concerns.length === 0 && !underWay.some(({ record }) => isBetweenVersions(record.state));
  return [
    table(["Secret", "Age", "Next", "Overdue from", "Proof"], rows),
    "",
    ...(isQuiet ? [paint("good", "None needs attention.")] : concerns),
    ...changes,
    ...lines.filter((line) => !needsAttention(line)).map(concernText),
    report
      ? `As of ${report.at} (${when(report.at, now)}): ${counted(report.authConfigs, "auth config")}.`
      : "Rotation has not run yet.",
  ].join("\n");
}

/** Whether a person is needed: a proof that is waited for comes, or its time ends, by itself. */
export function needsAttention({ concerns }: Pick<RotationReportLine, "concerns">): boolean {
  return concerns.some((concern) => concern !== "PROOF_PENDING");
}

/** What is wrong in a few words. */
export function concernWords({ concerns }: Pick<RotationReportLine, "concerns">): string {
  return concerns.join(", ").replaceAll("_", " ").toLowerCase();
}

/** Why: the problem in words, and the code of the failure where they do not hold it. */
export function whyConcerned({ problem, failure }: Pick<RotationReportLine, "problem" | "failure">): string[] {
  const code = failure !== undefined && problem?.includes(failure) !== true ? [failure] : [];
  return [...(problem === undefined ? [] : [problem]), ...code];
}

/** What is past has not been done: it waits. */
function nextWords(next: string | undefined, now: number): string {
  if (next === undefined) return "not by itself";
  return Date.parse(next) > now
    ? `${next.slice(0, 16)} (${when(next, now)})`
    : `due since ${next.slice(0, 16)}: it waits for the next run, the end of an outage, or its next try`;
}

/** What is known of one auth config's credential. */
export interface ShownCredential {
  name: string;
  record: Pick<CredentialRecord, "state" | "failure" | "proofWait" | "unknownAttributes">;
  history: readonly HistoryEntry[];
  /** What the last run found wrong with it or its secret. */
  lines: RotationReport["lines"];
  refused: RotationReport["refused"];
  calendar: CalendarLine | undefined;
}

/** What RingCX has of one auth config's credential, what is wrong now, when it is tried or rotated next, and what happened to it. Pure. */
export function historyText(
  { name, record, history, lines: concerns, refused, calendar }: ShownCredential,
  now: number,
  paint: Paint,
): string {
  const { failure, proofWait } = record;
  const wrong = [
    ...concerns.map((line) => [concernWords(line), ...whyConcerned(line)].join(": ")),
    ...refused.map(({ problem }) => problem),
    ...(calendar?.problem === undefined ? [] : [calendar.problem]),
    ...(failure
      ? [
          `version ${failure.versionId} could not be applied (${failure.code}, ${counted(failure.attempts, "attempt")}); ${nextTry(failure, calendar, now)}`,
        ]
      : []),
    ...(proofWait
      ? [`version ${proofWait.versionId} waits since ${proofWait.since} for an endpoint that accepts it`]
      : []),
  ];
  const lines = history.map(({ at, result, trigger, versionId, verification, reason }) => {
    const tone = result === "APPLIED" ? "good" : "bad";
    const why = reason === undefined ? "" : `: ${reason.message}`;
    return `${at}  ${paint(tone, result.padEnd(11))} ${versionId} by ${trigger}, proof ${verification}${why}`;
  });
  return [
    `${paint("strong", name)}: ${stateWords(record)}`,
    ...[...new Set(wrong)].map((what) => `${paint("bad", "wrong now")}  ${what}`),
    ...(calendar ? [`rotated next: ${nextWords(calendar.next, now)}`] : []),
    "",
    ...(lines.length > 0 ? lines : ["Nothing has happened to its credential since it was made."]),
  ].join("\n");
}

/** The schedule tries the current version again; a rotation that failed is over, and the next one is another. */
function nextTry({ isOfCurrent, retryAt }: ApplyFailure, calendar: CalendarLine | undefined, now: number): string {
  if (isOfCurrent === true)
    return `tried again ${retryAt > now ? `at ${new Date(retryAt).toISOString()}` : "by the next run"}`;
  return calendar?.next === undefined ? "not tried again by itself: rotate again" : "tried again by its next rotation";
}

/** What became of a new version of a secret. Pure. */
export function versionText(
  { providerName, secretId, versionId }: { providerName: string; secretId: string; versionId: string },
  found: VersionEnd | undefined,
  paint: Paint,
): string {
  const follow = `Follow it with: rotations ${shellArgument(providerName)}`;
  if (found === undefined) {
    return `Version ${versionId} of ${secretId} has not reached ${providerName} in time; it goes on by itself. ${follow}`;
  }
  return found.kind === "applied"
    ? `${paint("good", "APPLIED")}: ${providerName} has version ${versionId} of ${secretId} (proof: ${found.verification}).`
    : `${paint("bad", "FAILED")}: ${providerName} does not have version ${versionId} of ${secretId}: ${found.why} ${follow}`;
}

/** What RingCX has, and what is being done about it. */
export function stateWords(record: Pick<CredentialRecord, "state" | "failure" | "unknownAttributes">): string {
  const { state } = record;
  const has = inRingCxWords(versionsInRingCx(record));
  switch (state.kind) {
    case "NEVER_APPLIED":
      return "RingCX was never given a version of its secret";
    case "APPLIED":
      return `${has}, since ${state.applied.at} (proof: ${state.applied.verification})`;
    case "APPLYING":
      return `version ${state.versionId} is being written since ${state.since}; ${has}`;
    case "ROTATING":
      return `a rotation to version ${state.pendingVersionId} is under way since ${state.since} (${state.step}); ${has}`;
    case "DIVERGED":
      return `${has}; since ${state.since}: ${state.why}`;
  }
}
