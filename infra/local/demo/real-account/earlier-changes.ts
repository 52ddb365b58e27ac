import { counted, indented, when } from "../../../../cli/view/words.ts";
import { isInForce, openIntents } from "../../../../shared/activation/reasons.ts";
import type { Intent } from "../../../../shared/records/account/activation.ts";
import { activationsOfAccount } from "../../../../shared/records/account/activation.ts";
import { fromItem } from "../../../../shared/records/account/activation-item.ts";
import { accountPartition, displayName, serviceNameFromPath } from "../../../../shared/records/service-name.ts";
import type { Key, StateTable } from "../../../../shared/state/table.ts";
import { isUnreadable } from "../../../../shared/state/unreadable-item.ts";

/** A change of a service that an earlier run noted in its record, and did not carry out as far as is known. */
export interface EarlierChange extends Pick<Intent, "isActive" | "since" | "because"> {
  accountId: string;
  /** `group/service`. */
  name: string;
}

/** What records under keys have noted. What people have told automation to leave alone is not carried out, and one that cannot be read is told by `status`. */
export async function readEarlierChanges(
  table: StateTable,
  keys: readonly Key[],
  now: number,
): Promise<EarlierChange[]> {
  const read = async (key: Key): Promise<EarlierChange[]> => {
    const accountId = key.pk.slice(accountPartition("").length);
    const path = key.sk.slice(activationsOfAccount.length);
    const service = serviceNameFromPath(accountId, path);
    try {
      const record = fromItem(await table.get(key));
      const intent = isInForce(record.handsOff, now) ? undefined : openIntents(record).at(-1);
      if (!intent) return [];
      const { isActive, since, because } = intent;
      return [{ accountId, name: service ? displayName(service) : path, isActive, since, because }];
    } catch (error) {
      if (isUnreadable(error)) return [];
      throw error;
    }
  };
  return (await Promise.all(keys.map(read))).flat();
}

/** Which changes there are, and what becomes of them. Pure. @param now epoch milliseconds */
export function earlierChangeLines(
  changes: readonly EarlierChange[],
  served: readonly string[],
  now: number,
): string[] {
  return [...Map.groupBy(changes, ({ accountId }) => accountId)].flatMap(([accountId, ofAccount]) => {
    const what = served.includes(accountId)
      ? "a sweep does, once schedules begin, as far as its reason still holds"
      : `it stays as it is: give --account ${accountId}, too, to have it carried out`;
    const have = counted(ofAccount.length, "change of an earlier run is", "changes of an earlier run are");
    const which = ofAccount.map(
      ({ name, isActive, since, because }) =>
        `${name} should be ${isActive ? "active" : "inactive"} since ${since} (${when(since, now)}): ${because}`,
    );
    return [`${have} not carried out for account ${accountId} (${what}):`, ...indented(which)];
  });
}
