import {
  type CredentialRecord,
  type CredentialState,
  lastAppliedVersion,
} from "../../../shared/records/credential/auth-config-state.ts";

/** True when RingCX is known to have exactly this version. */
export function hasVersion(state: CredentialState, versionId: string): boolean {
  return state.kind === "APPLIED" && state.applied.versionId === versionId;
}

/**
 * How old the oldest of the given credentials is, in milliseconds; `undefined` when none is known.
 *
 * @param now epoch milliseconds
 */
export function credentialAgeMs(records: readonly CredentialRecord[], now: number): number | undefined {
  const since = records.flatMap(({ state }) => {
    const at = Date.parse(lastAppliedVersion(state)?.at ?? "");
    return Number.isNaN(at) ? [] : [at];
  });
  return since.length === 0 ? undefined : now - Math.min(...since);
}
