import type { CredentialState } from "../../shared/records/credential/auth-config-state.ts";
import type { HistoryEntry } from "../../shared/records/credential/rotation-history.ts";
import type { CalendarLine, RotationReport } from "../../shared/records/credential/rotation-schedule.ts";
import type { VersionEnd } from "../read/rotation-history.ts";
import type { Paint } from "./paint.ts";
import { table } from "./table.ts";
import { counted, quoted, when } from "./words.ts";

/** When each secret is rotated, and what needs attention. Pure. @param now epoch milliseconds */
export function calendarText(
  { report, calendar }: { report: RotationReport | undefined; calendar: readonly CalendarLine[] },
  now: number,
  paint: Paint,
): string {
  const rows = calendar.map(({ secret, ageHours, next, overdueAt, rotateWithin, proof }) => [
    secret,
    ageHours === undefined ? "-" : `${ageHours} h`,
    next === undefined ? "not by itself" : `${next.slice(0, 16)} (${when(next, now)})`,
    overdueAt === undefined ? "-" : `${overdueAt.slice(0, 16)} (${rotateWithin ?? ""})`,
    proof ?? "-",
  ]);
  const concerns = (report?.lines ?? []).map(
    ({ accountId, providerName, authConfigId, concerns, problem, failure }) =>
      `${paint("bad", concerns.join(", "))} ${accountId} ${providerName ?? authConfigId}${[problem, failure].flatMap((text) => (text ? `: ${text}` : [])).join("")}`,
  );
  return [
    table(["Secret", "Age", "Next", "Overdue from", "Proof"], rows),
    "",
    ...(concerns.length > 0 ? concerns : [paint("good", "None needs attention.")]),
    report
      ? `As of ${report.at} (${when(report.at, now)}): ${counted(report.authConfigs, "auth config")}.`
      : "Rotation has not run yet.",
  ].join("\n");
}

/** What RingCX has of one auth config's credential, and what happened to it. Pure. */
export function historyText(
  { name, state, history }: { name: string; state: CredentialState; history: readonly HistoryEntry[] },
  paint: Paint,
): string {
  const lines = history.map(({ at, result, trigger, versionId, verification, reason }) => {
    const tone = result === "APPLIED" ? "good" : "bad";
    const why = reason === undefined ? "" : `: ${reason.message}`;
    return `${at}  ${paint(tone, result.padEnd(11))} ${versionId} by ${trigger}, proof ${verification}${why}`;
  });
  return [
    `${paint("strong", name)}: ${stateWords(state)}`,
    "",
    ...(lines.length > 0 ? lines : ["Nothing has happened to its credential since it was made."]),
  ].join("\n");
}

/** What became of a new version of a secret. Pure. */
export function versionText(
  { providerName, secretId, versionId }: { providerName: string; secretId: string; versionId: string },
  found: VersionEnd | undefined,
  paint: Paint,
): string {
  const follow = `Follow it with: rotations ${quoted(providerName)}`;
  if (found === undefined) {
    return `Version ${versionId} of ${secretId} has not reached ${providerName} in time; it goes on by itself. ${follow}`;
  }
  return found.kind === "applied"
    ? `${paint("good", "APPLIED")}: ${providerName} has version ${versionId} of ${secretId} (proof: ${found.verification}).`
    : `${paint("bad", "FAILED")}: ${providerName} does not have version ${versionId} of ${secretId}: ${found.why} ${follow}`;
}

function stateWords(state: CredentialState): string {
  switch (state.kind) {
    case "NEVER_APPLIED":
      return "RingCX was never given a version of its secret";
    case "APPLIED":
      return `RingCX has version ${state.applied.versionId} since ${state.applied.at} (proof: ${state.applied.verification})`;
    case "APPLYING":
      return `version ${state.versionId} is being written since ${state.since}`;
    case "ROTATING":
      return `a rotation to version ${state.pendingVersionId} is under way since ${state.since} (${state.step})`;
    case "DIVERGED":
      return `RingCX is not known to have the right version since ${state.since}: ${state.why}`;
  }
}
