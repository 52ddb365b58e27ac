import type { Clock } from "../../shared/primitives/clock.ts";
import { authConfigRecordFromItem, authConfigsOfAccount } from "../../shared/records/account/auth-config.ts";
import { authConfigPartition } from "../../shared/records/credential/auth-config-partition.ts";
import {
  authConfigStateKey,
  type CredentialRecord,
  fromItem,
} from "../../shared/records/credential/auth-config-state.ts";
import {
  type HistoryEntry,
  historyEntrySchema,
  rotationHistory,
  rotationHistoryKey,
  type VerificationLevel,
} from "../../shared/records/credential/rotation-history.ts";
import { accountPartition } from "../../shared/records/service-name.ts";
import type { AuthType } from "../../shared/ringcx/resources/auth-config.ts";
import type { StateTable } from "../../shared/state/table.ts";
import { isUnreadable, readableItem } from "../../shared/state/unreadable-item.ts";

/** An auth config that a message made or took over. */
export interface KnownAuthConfig {
  accountId: string;
  providerName: string;
  authConfigId: string;
  /** As the message named the secret: name or ARN. What is done with the secret goes by its ARN. */
  secretId: string | undefined;
  /** ARN of the secret that it is bound to. */
  secretArn: string;
  authType: AuthType | undefined;
}

/** Every auth config of an account that a message made or took over, by name. */
export async function readAuthConfigs(table: StateTable, accountId: string): Promise<KnownAuthConfig[]> {
  const items = await table.query(accountPartition(accountId), authConfigsOfAccount);
  return items.flatMap((item) => {
    try {
      const { authConfigId, secretArn, manifest } = authConfigRecordFromItem(item);
      const providerName = manifest.providerName ?? item.sk.slice(authConfigsOfAccount.length);
      const { secretId, authType } = manifest;
      return [{ accountId, providerName, authConfigId, secretId, secretArn, authType }];
    } catch (error) {
      if (isUnreadable(error)) return [];
      throw error;
    }
  });
}

/** What RingCX has of an auth config's credential now, and what happened to it, the newest first, told yet or not. */
export async function readCredentialHistory(
  table: StateTable,
  { accountId, authConfigId }: KnownAuthConfig,
): Promise<{ record: CredentialRecord; history: readonly HistoryEntry[] }> {
  // In this order: an entry is in the record until it is in the history.
  const record = fromItem(await table.get(authConfigStateKey(accountId, authConfigId)));
  const items = await table.query(authConfigPartition(accountId, authConfigId), rotationHistory);
  const history = items.flatMap((item) => {
    const entry = readableItem(historyEntrySchema, item);
    return entry instanceof Error ? [] : [entry];
  });
  const isThere = (entry: HistoryEntry) => items.some(({ sk }) => sk === rotationHistoryKey(entry).sk);
  const untold = record.unpublished.filter((entry) => !isThere(entry));
  return { record, history: [...history, ...untold].reverse() };
}

/** What became of a version of a secret at an auth config. */
export type VersionEnd =
  | { kind: "applied"; verification: VerificationLevel }
  /** It was refused, or could not be written; rotation tries again where that may help. */
  | { kind: "failed"; why: string };

/**
 * Waits until a version has reached an auth config, or was refused.
 *
 * @returns `undefined` where neither is so in time
 * @throws the signal's reason
 */
export async function waitForVersion(
  { table }: { table: StateTable },
  config: KnownAuthConfig,
  versionId: string,
  { clock, timeoutMs, signal }: { clock: Clock; timeoutMs: number; signal: AbortSignal },
): Promise<VersionEnd | undefined> {
  const until = clock.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const { record, history } = await readCredentialHistory(table, config);
    const { state, failure } = record;
    if (state.kind === "APPLIED" && state.applied.versionId === versionId) {
      return { kind: "applied", verification: state.applied.verification };
    }
    if (failure?.versionId === versionId) {
      const entry = history.find((one) => one.versionId === versionId && one.reason !== undefined);
      return { kind: "failed", why: entry?.reason?.message ?? failure.code };
    }
    if (clock.now() >= until) return undefined;
    await clock.sleep(500, signal);
  }
}
