import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import {
  type MessageProgressRecord,
  messageProgressFromItem,
  messageProgressItem,
  messageProgressKey,
} from "../../../shared/records/message-progress.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { ResourceResult } from "../report/resource-result.ts";

/** Longer than a message stays on its queue. */
const keptSeconds = 15 * 24 * 60 * 60;

/** Genuine failures after which a message is rejected. */
export const maxFailures = 5;

/**
 * How far a message has come over its deliveries: what earlier ones did belongs into its one outcome, and genuine
 * failures are counted here, because a delivery that only waits for the quota is none.
 */
export class MessageProgress {
  readonly #table: StateTable;
  readonly #clock: Clock;
  readonly #key: { source: string; id: string };
  readonly #stored: MessageProgressRecord;

  private constructor(
    table: StateTable,
    clock: Clock,
    key: { source: string; id: string },
    stored: MessageProgressRecord,
  ) {
    this.#table = table;
    this.#clock = clock;
    this.#key = key;
    this.#stored = stored;
  }

  /** @param messageId SQS's id of the message: the same event sent again is another one */
  static async read(
    { table, clock }: { table: StateTable; clock: Clock },
    key: { source: string; id: string },
    messageId: string,
  ): Promise<MessageProgress> {
    const item = await table.get(messageProgressKey(key.source, key.id));
    const record = item && messageProgressFromItem(item);
    const isSame = record?.messageId === messageId;
    return new MessageProgress(table, clock, key, isSame ? record : { messageId, failures: 0, done: {} });
  }

  /** Genuine failures so far. */
  get failures(): number {
    return this.#stored.failures;
  }

  /** The outcome that an earlier delivery came to, and may not have published. */
  get finished(): MessageProgressRecord["finished"] {
    return this.#stored.finished;
  }

  /** Results with what earlier deliveries did: a resource created by one of them counts as created. */
  withEarlier(results: readonly ResourceResult[]): ResourceResult[] {
    return results.map((result) => {
      const before = this.#stored.done[result.key];
      if (!before || result.isSuperseded) return result;
      const { outcome } = result;
      const isMore = outcome.result === "UNCHANGED" || (outcome.result === "UPDATED" && before.result === "CREATED");
      const changes = [...new Set([...(before.changes ?? []), ...(outcome.changes ?? [])])];
      return { ...result, outcome: { ...outcome, changes, ...(isMore && { result: before.result }) } };
    });
  }

  /** Saves what was done, for the next delivery. */
  async save(results: readonly ResourceResult[], { isFailure }: { isFailure: boolean }): Promise<void> {
    for (const { key, outcome, isCreated } of this.withEarlier(results)) {
      if ((outcome.changes ?? []).length === 0) continue;
      const result = isCreated || this.#stored.done[key]?.result === "CREATED" ? "CREATED" : "UPDATED";
      this.#stored.done[key] = { ...outcome, result };
    }
    if (isFailure) this.#stored.failures += 1;
    await this.#write();
  }

  /** Written before the outcome is published: a crash in between publishes the same outcome again, and no other. */
  async finish(data: OutcomeData, isRejected: boolean): Promise<void> {
    this.#stored.finished = { data, isRejected };
    await this.#write();
  }

  async #write(): Promise<void> {
    const expiresAt = Math.floor(this.#clock.now() / 1000) + keptSeconds;
    await this.#table.put(messageProgressItem(this.#key, this.#stored, expiresAt));
  }
}
