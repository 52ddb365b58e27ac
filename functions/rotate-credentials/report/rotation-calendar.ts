import { type CredentialRecord, lastAppliedVersion } from "../../../shared/records/credential/auth-config-state.ts";
import { verificationLevelSchema } from "../../../shared/records/credential/rotation-history.ts";
import type { CalendarLine } from "../../../shared/records/credential/rotation-report.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { durationMs, secretTags } from "../../../shared/secrets/secret-tags.ts";
import { credentialAgeMs } from "../record/credential-state.ts";
import type { Followed, Reported } from "./reported.ts";

/** An item of DynamoDB takes 400 KB. */
const maxBytes = 300_000;

/** Secrets Manager shows the end of a day, and its schedule comes a day behind ours. */
const shownBehindMs = 3 * 86_400_000;

/** From the best to the weakest. */
const levels = verificationLevelSchema.options;

/**
 * For each secret whose value auth configs have or get, its age, its limit, when it is rotated next, how well it is verified
 * and what is wrong with it: first what is next. One that is bound to nothing any more is known as it was when it was. As many
 * as an item takes.
 *
 * @param now epoch milliseconds
 */
export function createCalendar(
  { boundSecrets, followed, secretFindings }: Pick<Reported, "boundSecrets" | "followed" | "secretFindings">,
  now: number,
): CalendarLine[] {
  const unfollowed = Map.groupBy(followed.filter(isLeftAlone), ({ followed: { secretArn } }) => secretArn);
  const bound = boundSecrets.filter(({ bindings }) => bindings.length > 0);
  const boundLines = bound.map(({ secret, records }) => {
    const finding = secretFindings.find(({ secretArn }) => secretArn === secret.arn);
    const problem = problemOf(unfollowed.get(secret.arn)) ?? finding?.problem.message;
    unfollowed.delete(secret.arn);
    return { ...calendarLine(secret, records, now), problem };
  });
  const lines = [...boundLines, ...[...unfollowed.values()].map((all) => unfollowedLine(all, now))].toSorted((a, b) =>
    (a.next ?? "~") < (b.next ?? "~") ? -1 : 1,
  );
  let bytes = 0;
  return lines.filter((line) => {
    bytes += Buffer.byteLength(JSON.stringify(line));
    return bytes <= maxBytes;
  });
}

/** Of a secret that is listed no more, or feeds none of these any more: Secrets Manager shows no date, and none is ours. */
function unfollowedLine(all: readonly Followed[], now: number): CalendarLine {
  const records = all.flatMap(({ record }) => record ?? []);
  const [{ secret: name = "", rotateWithin } = {}] = all.map(({ followed }) => followed);
  const tags = rotateWithin === undefined ? {} : { [secretTags.rotateWithin]: rotateWithin };
  return { ...calendarLine({ name, tags, hasRotation: false }, records, now), problem: problemOf(all) };
}

/** Of its secret at once when it is listed no more, whether or not the look that says why has come yet. */
function isLeftAlone({ isBound, followed: { problems } }: Followed): boolean {
  return !isBound || problems.some(({ topic, endedAt }) => topic === "FOLLOWING" && endedAt === undefined);
}

function problemOf(all: readonly Followed[] | undefined): string | undefined {
  const problems = all?.flatMap(({ followed }) => followed.problems) ?? [];
  return problems.find(({ topic, endedAt }) => topic === "FOLLOWING" && endedAt === undefined)?.message;
}

function calendarLine(
  {
    name,
    tags,
    hasRotation,
    nextRotationAt,
  }: Pick<SecretDescription, "name" | "tags" | "hasRotation" | "nextRotationAt">,
  records: readonly CredentialRecord[],
  now: number,
): CalendarLine {
  const age = credentialAgeMs(records, now);
  const after = (durationText: string | undefined) => {
    const duration = durationMs(durationText);
    return age === undefined || duration === undefined ? undefined : now - age + duration;
  };
  const rotateEvery = tags[secretTags.rotateEvery];
  const rotateWithin = tags[secretTags.rotateWithin];
  const ours = hasRotation ? after(rotateEvery) : undefined;
  // Secrets Manager rotates by its date whatever ours says: only one long behind ours says nothing true.
  const isShownWrong = ours !== undefined && (nextRotationAt ?? Number.POSITIVE_INFINITY) - ours > shownBehindMs;
  const next = Math.min(ours ?? Number.POSITIVE_INFINITY, nextRotationAt ?? Number.POSITIVE_INFINITY);
  return {
    secret: name,
    ageHours: age === undefined ? undefined : Math.floor(age / 3_600_000),
    rotateWithin,
    overdueAt: iso(after(rotateWithin)),
    rotateEvery,
    next: Number.isFinite(next) ? iso(next) : undefined,
    shown: iso(nextRotationAt),
    isShownWrong,
    proof: weakest(records),
  };
}

function weakest(records: readonly CredentialRecord[]): CalendarLine["proof"] {
  const found = records.flatMap(({ state }) => lastAppliedVersion(state)?.verification ?? []);
  return levels.findLast((level) => found.includes(level));
}

function iso(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}
