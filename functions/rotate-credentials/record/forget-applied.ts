import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { readCredentialRecord, writeCredentialRecord } from "./credential-record.ts";

/**
 * Records that RingCX has nothing any more for an auth config that is gone there, so that no version is taken for in use.
 * Where somebody is at it, or writes meanwhile, it is left alone: the next look finds it again.
 *
 * @param now epoch milliseconds
 */
export async function forgetApplied(
  table: StateTable,
  authConfig: Pick<SecretBinding, "accountId" | "authConfigId">,
  now: number,
): Promise<void> {
  await changeUnlessBusy(table, authConfig, now, ({ state }) =>
    state.kind === "APPLIED" || state.kind === "DIVERGED" ? { state: { kind: "NEVER_APPLIED" } } : undefined,
  );
}

/**
 * Forgets that a version could not be applied to an auth config that no secret is bound to any more: that its end is to be
 * told has been written down. Where somebody is at it, or writes meanwhile, the next look does.
 *
 * @param now epoch milliseconds
 */
export async function forgetFailure(
  table: StateTable,
  authConfig: Pick<SecretBinding, "accountId" | "authConfigId">,
  now: number,
): Promise<void> {
  await changeUnlessBusy(table, authConfig, now, ({ failure }) =>
    failure ? { failure: undefined, proofWait: undefined } : undefined,
  );
}

async function changeUnlessBusy(
  table: StateTable,
  authConfig: Pick<SecretBinding, "accountId" | "authConfigId">,
  now: number,
  change: (record: CredentialRecord) => Partial<CredentialRecord> | undefined,
): Promise<void> {
  const { record, expected } = await readCredentialRecord(table, authConfig);
  const isBusy = record.lease !== undefined && record.lease.until > now;
  const changes = isBusy ? undefined : change(record);
  if (changes) await writeCredentialRecord(table, authConfig, { ...record, ...changes }, expected);
}
