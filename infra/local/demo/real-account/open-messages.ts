import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { exitCodes } from "../../../../cli/exit-codes.ts";
import { readOwnOutcome } from "../../../../cli/read/outcomes.ts";
import { exitCodeOfStatus, outcomeText } from "../../../../cli/view/outcome.ts";
import type { Paint } from "../../../../cli/view/paint.ts";
import { counted, indented, when } from "../../../../cli/view/words.ts";
import { peekEvent } from "../../../../shared/contract/door/read-event.ts";
import type { Clock } from "../../../../shared/primitives/clock.ts";
import { createWakeQueue } from "../../../../shared/queues/wake-queue.ts";
import { activationsOfAccount } from "../../../../shared/records/account/activation.ts";
import { authConfigsOfAccount } from "../../../../shared/records/account/auth-config.ts";
import {
  openBodyFromItem,
  openBodyKey,
  openMessageFromItem,
  openMessagesOfAccount,
} from "../../../../shared/records/account/open-message.ts";
import { servicesOfAccount } from "../../../../shared/records/account/service.ts";
import { accountPartition } from "../../../../shared/records/service-name.ts";
import { DynamoStateTable } from "../../../../shared/state/dynamo-table.ts";
import type { Key, StateTable } from "../../../../shared/state/table.ts";
import { isUnreadable } from "../../../../shared/state/unreadable-item.ts";
import type { LocalHost } from "../../host.ts";
import { earlierChangeLines, readEarlierChanges, settleEarlierChanges } from "./earlier-changes.ts";
import { type NeededSecret, readNeededSecrets } from "./needed-secrets.ts";
import { keysOfKind } from "./stored-keys.ts";

/** Longest that a run waits for the messages of an earlier one, in milliseconds: twice the lease of one that was killed. */
const settleMs = 240_000;

/** A message that an earlier run took in and did not end. */
export interface EarlierMessage {
  key: Key;
  accountId: string;
  /** By what its outcome is looked up; nothing where what is known of it cannot be read. */
  cause?: { source: string; id: string };
  messageId?: string;
  /** Epoch milliseconds. */
  takenInAt?: number | undefined;
}

/** What became of the messages of an earlier run. */
export interface Settled {
  lines: readonly string[];
  /** That of the worst, as of `ops apply`. */
  exitCode: number;
}

/** The messages that an earlier run took in and did not end: the table stays from one run to the next, the queues do not. */
export interface EarlierMessages {
  /** Which there are, for each account. */
  readonly lines: readonly string[];
  /** What is noted of services and not carried out, for each account. */
  readonly changeLines: readonly string[];
  /** What earlier messages have made needs these. */
  readonly neededSecrets: readonly NeededSecret[];
  /** Has them worked on: what nobody wakes nobody works on. */
  wake(): Promise<void>;
  /** Waits for the end of those of the accounts that this run serves, no longer than a killed run can hold an account. */
  settle(clock: Pick<Clock, "now" | "sleep">, ended: AbortSignal, paint: Paint): Promise<Settled>;
  /**
   * Has what is noted of services of those accounts carried out by a sweep, once schedules have begun, and waits for that: a run
   * that ends would leave it to the next one.
   */
  settleChanges(clock: Pick<Clock, "now" | "sleep">, ended: AbortSignal): Promise<Settled>;
  close(): void;
}

/** What an earlier run has left on a local host. @param now epoch milliseconds */
export async function earlierMessages(
  { clientConfig, outputs, runSchedule }: LocalHost,
  served: readonly string[],
  now: number,
): Promise<EarlierMessages> {
  const dynamodb = new DynamoDBClient(clientConfig);
  const sqs = new SQSClient(clientConfig);
  const tableName = outputs.TableName ?? "";
  const table = new DynamoStateTable(dynamodb, tableName);
  const keysOf = (kind: string) => keysOfKind(dynamodb, tableName, kind);
  const earlier = await readEarlier(table, await keysOf(openMessagesOfAccount));
  const changes = await readEarlierChanges(table, await keysOf(activationsOfAccount), now);
  const kept = { authConfigs: await keysOf(authConfigsOfAccount), services: await keysOf(servicesOfAccount) };
  return {
    lines: earlierLines(earlier, served, now),
    changeLines: earlierChangeLines(changes, served, now),
    neededSecrets: await readNeededSecrets(table, kept, served),
    async wake() {
      const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
      // It is the automation's own, so no output names it.
      const queueUrl = QueueUrls.find((url) => /WakeQueue/.test(url)) ?? "";
      const wakes = createWakeQueue({ sqs, queueUrl });
      for (const accountId of byAccount(earlier).keys()) await wakes.wake(accountId, 0);
    },
    settle(clock, ended, paint) {
      const waited = earlier.filter(({ accountId }) => served.includes(accountId));
      return settleEarlier(waited, { table, clock, ended, paint });
    },
    async settleChanges(clock, ended) {
      const waited = changes.filter(({ accountId }) => served.includes(accountId));
      if (waited.length > 0) await runSchedule("SweepSchedule");
      return settleEarlierChanges(waited, { table, clock, ended });
    },
    close() {
      dynamodb.destroy();
      sqs.destroy();
    },
  };
}

/** The messages under keys, in the order in which they were taken in. One that cannot be read is there without its name. */
export async function readEarlier(table: StateTable, keys: readonly Key[]): Promise<EarlierMessage[]> {
  const read = async (key: Key): Promise<EarlierMessage> => {
    const of = { key, accountId: key.pk.slice(accountPartition("").length) };
    try {
      const item = await table.get(key);
      if (!item) return of;
      const { messageId, takenInAt, body } = openMessageFromItem(item);
      const { source = "sqs", id = messageId } = peekEvent(
        body ?? openBodyFromItem(key, await table.get(openBodyKey(key))),
      );
      return { ...of, cause: { source, id }, messageId, takenInAt };
    } catch (error) {
      if (isUnreadable(error)) return of;
      throw error;
    }
  };
  const messages = await Promise.all(keys.map(read));
  return messages.sort((a, b) => (a.key.sk < b.key.sk ? -1 : 1));
}

/** Which messages there are, and what becomes of them. Pure. @param now epoch milliseconds */
export function earlierLines(earlier: readonly EarlierMessage[], served: readonly string[], now: number): string[] {
  return [...byAccount(earlier)].flatMap(([accountId, messages]) => {
    const what = served.includes(accountId)
      ? "what is done of it already is not done again; a run that was killed holds the account for up to two minutes"
      : `it is rejected five minutes after it was sent: give --account ${accountId}, too, to have it carried out`;
    const which = messages.map((message) => {
      const { takenInAt } = message;
      return `${nameOf(message)}${takenInAt === undefined ? "" : `, taken in ${when(new Date(takenInAt).toISOString(), now)}`}`;
    });
    const have = counted(messages.length, "message of an earlier run has", "messages of an earlier run have");
    return [`${have} not ended for account ${accountId} (${what}):`, ...indented(which)];
  });
}

interface SettleDependencies {
  table: StateTable;
  clock: Pick<Clock, "now" | "sleep">;
  ended: AbortSignal;
  paint: Paint;
}

/** Waits until messages have ended, and tells of each what became of it, as of the own ones. */
export async function settleEarlier(
  messages: readonly EarlierMessage[],
  { table, clock, ended, paint }: SettleDependencies,
): Promise<Settled> {
  const until = clock.now() + settleMs;
  const isOpen = async ({ key }: EarlierMessage) => (await table.get(key)) !== undefined;
  const lines: string[] = [];
  const codes = new Set<number>();
  for (const message of messages) {
    let open = await isOpen(message);
    while (open && !ended.aborted && clock.now() < until) {
      await clock.sleep(500, ended);
      open = await isOpen(message);
    }
    const name = `${nameOf(message)} of an earlier run`;
    if (open) {
      lines.push(`${name} is still open: the next run goes on.`);
      codes.add(exitCodes.notEnded);
      continue;
    }
    const { cause, messageId } = message;
    const outcome = cause && (await readOwnOutcome(table, { ...cause, messageId }));
    if (outcome) codes.add(exitCodeOfStatus(outcome.data.status));
    lines.push(
      outcome ? `${name}: ${outcomeText(outcome, paint)}` : `${name} has ended, and no outcome of it is kept.`,
    );
  }
  const worst = [exitCodes.failed, exitCodes.notEnded].find((code) => codes.has(code));
  return { lines, exitCode: worst ?? exitCodes.done };
}

function byAccount(messages: readonly EarlierMessage[]): ReadonlyMap<string, EarlierMessage[]> {
  return Map.groupBy(messages, ({ accountId }) => accountId);
}

function nameOf({ cause, key }: EarlierMessage): string {
  return cause ? `${cause.source}/${cause.id}` : `one that cannot be read (${key.sk})`;
}
