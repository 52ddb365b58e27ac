import { type CredentialRecord, lastAppliedVersion } from "../../../shared/records/credential/auth-config-state.ts";
import { verificationLevelSchema } from "../../../shared/records/credential/rotation-history.ts";
import type { CalendarLine } from "../../../shared/records/credential/rotation-schedule.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { durationMs, secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { BoundSecret } from "../read/bound-secrets.ts";
import { credentialAgeMs } from "../record/credential-state.ts";

/** An item of DynamoDB takes 400 KB. */
const maxBytes = 300_000;

/** Secrets Manager shows the end of a day, and its schedule comes a day behind ours. */
const shownBehindMs = 3 * 86_400_000;

/** From the best to the weakest. */
const levels = verificationLevelSchema.options;

/**
 * For each bound secret its age, its limit, when it is rotated next, and how well it is verified: first what is next. As many as an
 * item takes.
 *
 * @param now epoch milliseconds
 */
export function createCalendar(boundSecrets: readonly BoundSecret[], now: number): CalendarLine[] {
  const lines = boundSecrets
    .filter(({ bindings }) => bindings.length > 0)
    .map(({ secret, records }) => calendarLine(secret, records, now))
    .toSorted((a, b) => ((a.next ?? "~") < (b.next ?? "~") ? -1 : 1));
  let bytes = 0;
  return lines.filter((line) => {
    bytes += Buffer.byteLength(JSON.stringify(line));
    return bytes <= maxBytes;
  });
}

function calendarLine(
  { name, tags, hasRotation, nextRotationAt }: SecretDescription,
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
