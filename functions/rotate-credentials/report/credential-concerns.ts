import type { SeenSecret } from "../../../shared/secrets/read-secret.ts";
import { durationMs, secretTags } from "../../../shared/secrets/secret-tags.ts";
import { type AuthRecord, lastApplied } from "../record/credential-state.ts";

/** How old the oldest of the given credentials is, in milliseconds; `undefined` when none is known. */
export function ageMs(records: readonly AuthRecord[], now: number): number | undefined {
  const since = records.flatMap(({ state }) => {
    const at = Date.parse(lastApplied(state)?.at ?? "");
    return Number.isNaN(at) ? [] : [at];
  });
  return since.length === 0 ? undefined : now - Math.min(...since);
}

/**
 * Is it time for our schedule to rotate this secret? Only from rest: every auth config has the current version,
 * nobody is at work, and an earlier failure is far enough behind. Whether an outage is open is asked separately.
 *
 * @param now epoch milliseconds
 */
export function isRotationDue(
  { tags, hasRotation, current }: Pick<SeenSecret, "tags" | "hasRotation" | "current">,
  records: readonly AuthRecord[],
  now: number,
): boolean {
  const everyMs = durationMs(tags[secretTags.rotateEvery]);
  if (everyMs === undefined || !hasRotation || current === undefined) return false;
  const isAtRest = records.every(
    ({ state, lease, failure }) =>
      state.kind === "APPLIED" &&
      state.applied.versionId === current &&
      (lease === undefined || lease.until <= now) &&
      (failure === undefined || failure.retryAt <= now),
  );
  return isAtRest && (ageMs(records, now) ?? 0) >= everyMs;
}

/** Why an auth config's credential needs somebody's attention. */
export type Concern = "OVERDUE" | "DIVERGED" | "FAILING";

/**
 * What is wrong with an auth config's credential: older than its secret allows, not known to be what it should
 * be, or not accepted.
 */
export function concernsOf(
  { tags, createdAt }: Pick<SeenSecret, "tags" | "createdAt">,
  record: AuthRecord,
  now: number,
): Concern[] {
  const withinMs = durationMs(tags[secretTags.rotateWithin]);
  // A credential that never reached RingCX is as old as its secret.
  const age = ageMs([record], now) ?? (createdAt === undefined ? 0 : now - createdAt);
  return [
    ...(withinMs !== undefined && age > withinMs ? (["OVERDUE"] as const) : []),
    ...(record.state.kind === "DIVERGED" ? (["DIVERGED"] as const) : []),
    ...(record.failure !== undefined ? (["FAILING"] as const) : []),
  ];
}
