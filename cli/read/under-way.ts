import pMap from "p-map";
import {
  authConfigStateKey,
  type CredentialRecord,
  fromItem,
} from "../../shared/records/credential/auth-config-state.ts";
import type { StateTable } from "../../shared/state/table.ts";
import { isUnreadable } from "../../shared/state/unreadable-item.ts";
import { type KnownAuthConfig, readAuthConfigs } from "./rotation-history.ts";

/** An auth config whose credential is being changed, or whose change has died and is not ended yet. */
export interface UnderWay extends Pick<KnownAuthConfig, "accountId" | "authConfigId" | "providerName"> {
  record: CredentialRecord;
}

/** Records that are read at the same time. */
const concurrency = 25;

/** What is under way now: the report is as of the last run, and leaves alone what may still come to its end. */
export async function readUnderWay(table: StateTable, accounts: readonly string[]): Promise<UnderWay[]> {
  const known = (await Promise.all(accounts.map((accountId) => readAuthConfigs(table, accountId)))).flat();
  const read = async ({ accountId, authConfigId, providerName }: KnownAuthConfig): Promise<UnderWay[]> => {
    try {
      const record = fromItem(await table.get(authConfigStateKey(accountId, authConfigId)));
      const isUnderWay = record.state.kind === "ROTATING" || record.state.kind === "APPLYING";
      return isUnderWay ? [{ accountId, authConfigId, providerName, record }] : [];
    } catch (error) {
      if (isUnreadable(error)) return [];
      throw error;
    }
  };
  return (await pMap(known, read, { concurrency })).flat();
}
