import type { Logger } from "@aws-lambda-powertools/logger";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { type EdgeAudit, serviceOfEdge } from "../../../shared/records/account/edge-audit.ts";
import type { FollowedAuthConfig, FollowedProblem } from "../../../shared/records/account/followed-auth-config.ts";
import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import { isRevoked } from "../../../shared/records/credential/issued-credential.ts";
import {
  type Concern,
  type EdgeReportLine,
  type RotationReport,
  type RotationReportLine,
  saveRotationCalendar,
  saveRotationReport,
  type UnreachedChange,
} from "../../../shared/records/credential/rotation-report.ts";
import {
  isBetweenVersions,
  isUnderWay,
  versionsInRingCx,
} from "../../../shared/records/credential/versions-in-ringcx.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { credentialAgeMs, hasVersion } from "../record/credential-state.ts";
import { failingNow } from "../record/told-failure.ts";
import { credentialConcerns, failureConcern } from "./credential-concerns.ts";
import type { Followed, Reported, SecretFinding } from "./reported.ts";
import { createCalendar } from "./rotation-calendar.ts";

/** Longest lists that are kept; the counts are always whole. */
const maxLines = 200;

/**
 * Counts what needs attention, and names it.
 *
 * @param now epoch milliseconds
 */
export function createReport(
  { boundSecrets, secretFindings, audits, followed }: Reported,
  now: number,
): RotationReport {
  const problems = new Map(followed.map((one) => [bindingKey(one.followed, one.accountId), one]));
  const boundLines = boundSecrets.flatMap(({ secret, secretRecords, bindings, records }) =>
    bindings.flatMap((binding, index): RotationReportLine[] => {
      const record = records[index];
      if (!record) return [];
      const { accountId, authConfigId } = binding;
      const isCurrentRevoked = isRevoked(secretRecords.credentials, secret.current);
      const known = problems.get(bindingKey(binding, accountId))?.followed;
      problems.delete(bindingKey(binding, accountId));
      // A version that is refused anywhere is kept from all of the secret's auth configs, and each of them waits.
      const refusing = records.find((other) => other !== record && other.failure?.versionId === secret.current);
      const isKeptBack = !record.failure && refusing !== undefined && !hasVersion(record.state, secret.current ?? "");
      const keptBackBy = isKeptBack ? refusing.failure : undefined;
      const concerns: Concern[] = [
        ...credentialConcerns(secret, record, { now, isCurrentRevoked }),
        ...(keptBackBy ? [failureConcern(keptBackBy)] : []),
        ...followingConcerns(known),
      ];
      const names = {
        secret: secret.name,
        accountId,
        authConfigId,
        rotateWithin: secret.tags[secretTags.rotateWithin],
      };
      const providerName = record.providerName ?? binding.providerName;
      const failure = isCurrentRevoked ? "CREDENTIAL_REVOKED" : isKeptBack ? "KEPT_BACK" : record.failure?.code;
      return [{ ...names, concerns, providerName, failure, ...ageOf(record, now), ...problemOf(known, record) }];
    }),
  );
  const lines = [...boundLines, ...[...problems.values()].map((one) => unboundLine(one, now))].filter(
    ({ concerns }) => concerns.length > 0,
  );
  const count = (concern: Concern) => lines.filter(({ concerns }) => concerns.includes(concern)).length;
  const refused = secretFindings
    .filter((finding) => !hasLine(finding, lines))
    .map(({ secret, problem: { kind, message: problem }, since }) => ({ secret, problem, kind, since }));
  const audited = [...audits].map(([accountId, audit]): [string, EdgeAudit] => {
    // The others have a line of their auth config's.
    return [accountId, { ...audit, edges: audit.edges.filter(({ isLeft }) => isLeft !== true) }];
  });
  return {
    at: new Date(now).toISOString(),
    authConfigs: boundSecrets.reduce((sum, { bindings }) => sum + bindings.length, 0),
    overdue: count("OVERDUE"),
    diverged: count("DIVERGED"),
    failing: count("FAILING"),
    notFollowed: count("NOT_FOLLOWED") + refused.length,
    changed: count("CHANGED"),
    lines: lines.slice(0, maxLines),
    refused: refused.slice(0, maxLines),
    edgesNotPermitted: audited.reduce((sum, [, { edges, notListed }]) => sum + edges.length + notListed, 0),
    edges: audited.flatMap(edgeLines).slice(0, maxLines),
    unreached: followed.flatMap(unreachedChange).slice(0, maxLines),
  };
}

/** Whether the auth config that is refused has a line of its own, whichever account a wrong tag makes of it. */
function hasLine({ secret, problem: { authConfig } }: SecretFinding, lines: readonly RotationReportLine[]): boolean {
  const id = authConfig?.authConfigId.toLowerCase();
  return lines.some(
    (line) =>
      line.secret === secret && line.authConfigId.toLowerCase() === id && line.concerns.includes("NOT_FOLLOWED"),
  );
}

/** Of an auth config that no secret is bound to: what is known is what it was when one was. */
function unboundLine({ accountId, followed, record }: Followed, now: number): RotationReportLine {
  const { authConfigId, providerName, secret, rotateWithin } = followed;
  const tags = rotateWithin === undefined ? {} : { [secretTags.rotateWithin]: rotateWithin };
  // Where nothing is wrong it keeps what it has on purpose, or the next look says what is.
  const isQuiet = followed.problems.length === 0;
  const concerns = record && !isQuiet ? unboundConcerns({ tags, createdAt: undefined }, record, now) : [];
  return {
    concerns: [...concerns, ...followingConcerns(followed)],
    secret,
    accountId,
    authConfigId,
    providerName,
    rotateWithin,
    failure: record?.failure?.code,
    ...(record && ageOf(record, now)),
    ...problemOf(followed, record),
  };
}

function unreachedChange({ accountId, followed, record }: Followed): UnreachedChange[] {
  if (!record || !isUnderWay(record.state)) return [];
  const { authConfigId, secret } = followed;
  const why = openProblems(followed).find(({ topic }) => topic === "FOLLOWING");
  return [{ accountId, authConfigId, secret, kind: why?.kind, problem: why?.message }];
}

/** Of one that no secret is bound to nobody ends what was begun: what RingCX has is not what it should. */
function unboundConcerns(
  secret: Parameters<typeof credentialConcerns>[0],
  record: CredentialRecord,
  now: number,
): Concern[] {
  const concerns = credentialConcerns(secret, record, { now, isCurrentRevoked: false });
  const isDiverged = isBetweenVersions(record.state) && !concerns.includes("DIVERGED");
  return isDiverged ? [...concerns, "DIVERGED"] : concerns;
}

function followingConcerns(followed: FollowedAuthConfig | undefined): Concern[] {
  return openProblems(followed).flatMap(({ topic }) => concernOf[topic] ?? []);
}

/** Of those that the credential's own record does not tell. */
const concernOf: Readonly<Partial<Record<FollowedProblem["topic"], Concern>>> = {
  FOLLOWING: "NOT_FOLLOWED",
  CHANGE: "CHANGED",
};

function openProblems(followed: FollowedAuthConfig | undefined): FollowedProblem[] {
  const open = followed?.problems.filter(({ endedAt }) => endedAt === undefined) ?? [];
  // A line has room for one: its age and its failure it says anyway.
  return open.toSorted((a, b) => Number(concernOf[a.topic] === undefined) - Number(concernOf[b.topic] === undefined));
}

/** What fails is said as the auth config's own record has it now, not as a look saw it that may be of another version. */
function problemOf(
  followed: FollowedAuthConfig | undefined,
  record: CredentialRecord | undefined,
): Pick<RotationReportLine, "problem" | "since"> {
  const open = openProblems(followed);
  const failing = record && failingNow(record);
  const [first] = record ? open.filter(({ topic }) => topic !== "FAILURE") : open;
  if (first && concernOf[first.topic] !== undefined) return { problem: first.message, since: first.since };
  if (!failing) return first ? { problem: first.message, since: first.since } : {};
  const since = open.find(({ topic, about }) => topic === "FAILURE" && about === failing.about)?.since;
  return { problem: failing.message, ...(since !== undefined && { since }) };
}

function ageOf(record: CredentialRecord, now: number): Pick<RotationReportLine, "versionId" | "mayHave" | "ageHours"> {
  const age = credentialAgeMs([record], now);
  const { versionIds, isKnown } = versionsInRingCx(record);
  return {
    ...(isKnown ? { versionId: versionIds[0] } : { mayHave: [...versionIds] }),
    ageHours: age === undefined ? undefined : Math.floor(age / 3_600_000),
  };
}

function bindingKey({ authConfigId }: { authConfigId: string }, accountId: string): string {
  return `${accountId}/${authConfigId.toLowerCase()}`;
}

function edgeLines([accountId, { edges }]: [string, EdgeAudit]): EdgeReportLine[] {
  return edges.map((edge) => {
    const { host, authConfigId, secretArn, since } = edge;
    const service = displayName(serviceOfEdge(accountId, edge));
    return { accountId, service, host, authConfigId, secretArn, since };
  });
}

/** What the report of a run stands on. */
export interface ReportDependencies {
  table: StateTable;
  clock: Clock;
  logger: Pick<Logger, "warn">;
}

/** Keeps the report for whoever asks, and logs what needs attention. */
export async function saveReport(
  { table, clock, logger }: ReportDependencies,
  reported: Reported,
): Promise<RotationReport> {
  const now = clock.now();
  const report = createReport(reported, now);
  await saveRotationReport(table, report);
  await saveRotationCalendar(table, { at: report.at, rotation: createCalendar(reported, now) });
  const { lines, refused, edges } = report;
  if (lines.length + refused.length + edges.length > 0) logger.warn("credentials need attention", { report });
  return report;
}
