import pMap from "p-map";
import { followedFromItem, followedOfAccount } from "../../shared/records/account/followed-auth-config.ts";
import {
  authConfigStateKey,
  type CredentialRecord,
  fromItem,
} from "../../shared/records/credential/auth-config-state.ts";
import { isUnderWay } from "../../shared/records/credential/versions-in-ringcx.ts";
import { accountPartition } from "../../shared/records/service-name.ts";
import { isSameId } from "../../shared/ringcx/resources/auth-config.ts";
import type { StateTable } from "../../shared/state/table.ts";
import { isUnreadable } from "../../shared/state/unreadable-item.ts";
import { type KnownAuthConfig, readAuthConfigs } from "./rotation-history.ts";

/** An auth config whose credential is being changed, or whose change has died and is not ended yet. */
export interface UnderWay extends Pick<KnownAuthConfig, "accountId" | "authConfigId" | "providerName"> {
  record: CredentialRecord;
}

type Followed = Pick<UnderWay, "accountId" | "authConfigId"> & { providerName: string | undefined };

/** Records that are read at the same time. */
const concurrency = 25;

/** What is under way now: the report is as of the last run, and leaves alone what may still come to its end. */
export async function readUnderWay(table: StateTable, accounts: readonly string[]): Promise<UnderWay[]> {
  const known = (await Promise.all(accounts.map((accountId) => readFollowed(table, accountId)))).flat();
  const read = async ({ accountId, authConfigId, providerName: known }: Followed): Promise<UnderWay[]> => {
    try {
      const record = fromItem(await table.get(authConfigStateKey(accountId, authConfigId)));
      const providerName = known ?? record.providerName ?? authConfigId;
      return isUnderWay(record.state) ? [{ accountId, authConfigId, providerName, record }] : [];
    } catch (error) {
      if (isUnreadable(error)) return [];
      throw error;
    }
  };
  return (await pMap(known, read, { concurrency })).flat();
}

/** Every auth config of an account that a message made, and those that a tag alone binds to their secret. */
async function readFollowed(table: StateTable, accountId: string): Promise<Followed[]> {
  const [made, items] = await Promise.all([
    readAuthConfigs(table, accountId),
    table.query(accountPartition(accountId), `${followedOfAccount}#`),
  ]);
  const tagged = items.flatMap((item): Followed[] => {
    try {
      const { authConfigId, providerName } = followedFromItem(item);
      return [{ accountId, authConfigId, providerName }];
    } catch (error) {
      if (isUnreadable(error)) return [];
      throw error;
    }
  });
  const isMade = (id: string) => made.some(({ authConfigId }) => isSameId(authConfigId, id));
  return [...made, ...tagged.filter(({ authConfigId }) => !isMade(authConfigId))];
}
