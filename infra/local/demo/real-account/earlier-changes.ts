import { exitCodes } from "../../../../cli/exit-codes.ts";
import { counted, indented, when } from "../../../../cli/view/words.ts";
import { isInForce, openIntents, stateInRingCx } from "../../../../shared/activation/reasons.ts";
import type { Clock } from "../../../../shared/primitives/clock.ts";
import type { Intent } from "../../../../shared/records/account/activation.ts";
import { activationsOfAccount } from "../../../../shared/records/account/activation.ts";
import { fromItem } from "../../../../shared/records/account/activation-item.ts";
import { accountPartition, displayName, serviceNameFromPath } from "../../../../shared/records/service-name.ts";
import type { Key, StateTable } from "../../../../shared/state/table.ts";
import { isUnreadable } from "../../../../shared/state/unreadable-item.ts";

/** A change of a service that an earlier run noted in its record, and did not carry out as far as is known. */
export interface EarlierChange extends Pick<Intent, "isActive" | "since" | "because"> {
  /** Of the service's activation record. */
  key: Key;
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
      return [{ key, accountId, name: service ? displayName(service) : path, isActive, since, because }];
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

/** Longest that a run waits for them, in milliseconds: twice as long as one that was killed has them in hand. */
const settleMs = 240_000;

/**
 * Waits until what an earlier run has noted is carried out, or is no longer asked for, and tells what became of each.
 *
 * @returns the exit code is 3 where one is still open
 */
export async function settleEarlierChanges(
  changes: readonly EarlierChange[],
  { table, clock, ended }: { table: StateTable; clock: Pick<Clock, "now" | "sleep">; ended: AbortSignal },
): Promise<{ lines: readonly string[]; exitCode: number }> {
  const until = clock.now() + settleMs;
  const lines: string[] = [];
  for (const change of changes) {
    const isOpen = async () => (await readEarlierChanges(table, [change.key], clock.now())).length > 0;
    let open = await isOpen();
    while (open && !ended.aborted && clock.now() < until) {
      await clock.sleep(500, ended);
      open = await isOpen();
    }
    lines.push(open ? `${change.name} ${openWords}` : `${change.name}: ${await becameOf(table, change, clock.now())}`);
  }
  const isAnyOpen = lines.some((line) => line.endsWith(openWords));
  return { lines, exitCode: isAnyOpen ? exitCodes.notEnded : exitCodes.done };
}

const openWords = "of an earlier run is still not carried out: the next run goes on.";

async function becameOf(table: StateTable, { key, isActive, because }: EarlierChange, now: number): Promise<string> {
  const is = (state: boolean) => (state ? "active" : "inactive");
  const state = await table.get(key).then((item) => stateInRingCx(fromItem(item), now)?.isActive);
  return state === isActive
    ? `carried out, it is ${is(isActive)} (${because})`
    : `no longer asked for${state === undefined ? "" : `, it is ${is(state)}`} (${because})`;
}
