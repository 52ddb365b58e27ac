import type { Clock } from "../../shared/primitives/clock.ts";
import { eventClaimFromItem, eventClaimKey } from "../../shared/records/event-claim.ts";
import { messagePartFromItem, messagePartsOf } from "../../shared/records/message-progress.ts";
import {
  asideId,
  dailyOutcomesPartition,
  fromItem,
  outcomeKey,
  type StoredOutcome,
} from "../../shared/records/outcome.ts";
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

interface EventName {
  source: string;
  id: string;
}

/** A message or command as SQS took it in. Others may have its source and id. */
export interface SentEvent extends EventName {
  /** See `contentHash`. */
  content: string;
  /** SQS's id of it. */
  messageId: string | undefined;
}

/** What was told under a name. Several messages may have it, see {@link readOwnOutcome}. */
export async function readOutcome(table: StateTable, { source, id }: EventName): Promise<StoredOutcome | undefined> {
  const item = await table.get(outcomeKey(source, id));
  return item && fromItem(item);
}

/** What became of one message: where another content has its event's id, it is refused aside, and the other one's is not its own. */
export async function readOwnOutcome(
  table: StateTable,
  { source, id, messageId }: Pick<SentEvent, "source" | "id" | "messageId">,
): Promise<StoredOutcome | undefined> {
  return (await readRefusal(table, { source, id, messageId })) ?? readOutcome(table, { source, id });
}

async function readRefusal(
  table: StateTable,
  { source, id, messageId }: Pick<SentEvent, "source" | "id" | "messageId">,
): Promise<StoredOutcome | undefined> {
  return messageId === undefined ? undefined : readOutcome(table, { source, id: asideId(id, messageId) });
}

/** Whether another content has an event's id: what is told and under way under that is not this one's. */
export async function isAnothers(
  table: StateTable,
  { source, id, content }: Pick<SentEvent, "source" | "id" | "content">,
  now: number,
): Promise<boolean> {
  const item = await table.get(eventClaimKey(source, id));
  try {
    const claim = item && eventClaimFromItem(item, now);
    return claim !== undefined && !claim.isIdFree && claim.content !== content;
  } catch (error) {
    // Of a claim that cannot be read nobody knows whose it is.
    if (isUnreadable(error)) return false;
    throw error;
  }
}

/** Which writing of its outcome there is: a command that is sent again is told as before, with its old time. */
export async function outcomeVersion(table: StateTable, { source, id }: EventName): Promise<number | undefined> {
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
  /** Called at each look that found none. */
  onLook?: () => Promise<void>;
}

/**
 * The own outcome of a message or command, as soon as it is in the table.
 *
 * @returns `undefined` where there is none in time
 * @throws the signal's reason
 */
export async function waitForOutcome(
  { table, clock }: { table: StateTable; clock: Clock },
  sent: SentEvent,
  { timeoutMs, everyMs = 500, signal, earlier, onLook }: Waiting,
): Promise<StoredOutcome | undefined> {
  const until = clock.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const refused = await readRefusal(table, sent);
    if (refused) return refused;
    const item = await table.get(outcomeKey(sent.source, sent.id));
    // Whose the id is, is written before anything is told under it.
    if (item && item.version !== earlier && !(await isAnothers(table, sent, clock.now()))) return fromItem(item);
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

/** The resources of a message that have ended so far; none where another content has its event's id. */
export async function readProgress(
  table: StateTable,
  message: Pick<SentEvent, "source" | "id" | "content">,
  now: number,
): Promise<ResourceProgress[]> {
  if (await isAnothers(table, message, now)) return [];
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
