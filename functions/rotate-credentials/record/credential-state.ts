import { type AuthRecord, type AuthState, lastApplied } from "../../../shared/records/credential/auth-config-state.ts";
import type { VerificationLevel } from "../../../shared/records/credential/rotation-history.ts";

/** True when RingCX is known to have exactly this version. */
export function hasVersion(state: AuthState, versionId: string): boolean {
  return state.kind === "APPLIED" && state.applied.versionId === versionId;
}

/** Enough to tell a rollback from a view that lags; versions further back have lost their labels. */
const keptVersions = 10;

/**
 * The record once RingCX has a version. Putting the same version in again does not make it younger.
 *
 * @param at ISO 8601
 */
export function withApplied(record: AuthRecord, versionId: string, at: string, proof: VerificationLevel): AuthRecord {
  const before = lastApplied(record.state);
  const isSame = before?.versionId === versionId;
  const replaced = before && !isSame ? [{ versionId: before.versionId, at: before.at }] : [];
  return {
    ...record,
    state: { kind: "APPLIED", applied: { versionId, at: isSame ? before.at : at, proof } },
    superseded: [...replaced, ...record.superseded].filter((old) => old.versionId !== versionId).slice(0, keptVersions),
    failure: undefined,
  };
}

/** How old the oldest of the given credentials is, in milliseconds; `undefined` when none is known. */
export function ageMs(records: readonly AuthRecord[], now: number): number | undefined {
  const since = records.flatMap(({ state }) => {
    const at = Date.parse(lastApplied(state)?.at ?? "");
    return Number.isNaN(at) ? [] : [at];
  });
  return since.length === 0 ? undefined : now - Math.min(...since);
}
