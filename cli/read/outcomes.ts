import type { Clock } from "../../shared/primitives/clock.ts";
import { messagePartFromItem, messagePartsOf } from "../../shared/records/message-progress.ts";
import { dailyOutcomesPartition, fromItem, outcomeKey, type StoredOutcome } from "../../shared/records/outcome.ts";
import type { StateTable } from "../../shared/state/table.ts";
import { isUnreadable } from "../../shared/state/unreadable-item.ts";

const dayMs = 24 * 60 * 60_000;

/**
 * Outcomes since a moment, the newest first; those that cannot be read are left out.
 *
 * @param since epoch milliseconds; they are kept for 30 days
 */
export async function readOutcomes(
  table: StateTable,
  { since, now }: { since: number; now: number },
): Promise<StoredOutcome[]> {
  const days: string[] = [];
  const first = Math.max(since, now - 31 * dayMs);
  for (let day = Math.floor(first / dayMs); day <= Math.floor(now / dayMs); day += 1) {
    days.push(new Date(day * dayMs).toISOString().slice(0, 10));
  }
  const items = await Promise.all(days.map((day) => table.query(dailyOutcomesPartition(day))));
  const found = items.flat().flatMap((item) => {
    try {
      return [fromItem(item)];
    } catch (error) {
      if (isUnreadable(error)) return [];
      throw error;
    }
  });
  return found.filter(({ time }) => Date.parse(time) >= since).sort((a, b) => Date.parse(b.time) - Date.parse(a.time));
}

/** What became of a message or command so far. */
export async function readOutcome(
  table: StateTable,
  { source, id }: { source: string; id: string },
): Promise<StoredOutcome | undefined> {
  const item = await table.get(outcomeKey(source, id));
  return item && fromItem(item);
}

/** Which writing of its outcome there is: a command that is sent again is told as before, with its old time. */
export async function outcomeVersion(
  table: StateTable,
  { source, id }: { source: string; id: string },
): Promise<number | undefined> {
  return (await table.get(outcomeKey(source, id)))?.version;
}

/** How somebody waits for an outcome. */
export interface Waiting {
  /** How long at most, in milliseconds. */
  timeoutMs: number;
  /** How long between two looks, in milliseconds. @default 500 */
  everyMs?: number;
  /** Ends it at once, by Ctrl-C for instance. */
  signal: AbortSignal;
  /** What was told of the name before it was sent, see {@link outcomeVersion}: it is not the one until it is told again. */
  earlier?: number | undefined;
  /** SQS's id of the message: where another one has the event's id, it is refused under both. */
  messageId?: string | undefined;
  /** Called at each look that found none. */
  onLook?: () => Promise<void>;
}

/**
 * The outcome of a message or command, as soon as it is in the table.
 *
 * @returns `undefined` where there is none in time
 * @throws the signal's reason
 */
export async function waitForOutcome(
  { table, clock }: { table: StateTable; clock: Clock },
  cause: { source: string; id: string },
  { timeoutMs, everyMs = 500, signal, earlier, messageId, onLook }: Waiting,
): Promise<StoredOutcome | undefined> {
  const until = clock.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const item = await table.get(outcomeKey(cause.source, cause.id));
    if (item && item.version !== earlier) return fromItem(item);
    const refused = messageId && (await readOutcome(table, { ...cause, id: `${cause.id}#${messageId}` }));
    if (refused) return refused;
    await onLook?.();
    if (clock.now() >= until) return undefined;
    await clock.sleep(everyMs, signal);
  }
}

/** What has become of a resource of a message that has not ended yet. */
export interface ResourceProgress {
  kind: string;
  name: string;
  result: string;
}

/** The resources of a message that have ended so far. */
export async function readProgress(
  table: StateTable,
  message: { source: string; id: string },
): Promise<ResourceProgress[]> {
  const { pk, sk } = messagePartsOf(message);
  const items = await table.query(pk, sk);
  return items.flatMap((item) => {
    try {
      const ended = messagePartFromItem(item).ended?.outcome;
      return ended ? [{ kind: ended.kind, name: ended.name, result: ended.result }] : [];
    } catch (error) {
      if (isUnreadable(error)) return [];
      throw error;
    }
  });
}
