import pMap from "p-map";
import type { OutcomeData, ResourceOutcome } from "../../../shared/contract/outcome.ts";
import type { ResourceKey } from "../../../shared/contract/resource-key.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import {
  type MessagePart,
  type MessageProgressRecord,
  messagePartFromItem,
  messagePartItem,
  messagePartsOf,
  messageProgressFromItem,
  messageProgressItem,
  messageProgressKey,
} from "../../../shared/records/message-progress.ts";
import type { ServiceInput } from "../../../shared/ringcx/resources/service-input.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { isCreation, joinedChanges } from "../plan/joined-changes.ts";
import { type ResourceResult, saysLeft } from "./resource-result.ts";

/** Longer than a message stays on its queue. */
const keptSeconds = 15 * 24 * 60 * 60;

/** Genuine failures after which a message is rejected. */
export const maxFailures = 5;

/** Parts that are written at the same time. */
const concurrency = 10;

/** Of a message: source and id name the event, `messageId` the SQS message that brings it: sent again, it begins anew. */
export interface MessageIdentity {
  source: string;
  id: string;
  messageId: string;
}

/**
 * How far a message has come over its turns: which of its resources have ended and how, what was done of the others, and
 * how often it failed. All of it is in the table, so that whoever goes on after a crash tells the same.
 */
export class MessageProgress {
  readonly #table: StateTable;
  readonly #clock: Clock;
  readonly #message: MessageIdentity;
  readonly #stored: MessageProgressRecord;
  readonly #parts: Map<string, MessagePart>;
  /** What a turn intended that did not end, by the resource's key. */
  readonly #interrupted: ReadonlyMap<ResourceKey, readonly string[]>;
  /** What this turn intends, by the resource's key. */
  readonly #own = new Map<ResourceKey, ReadonlySet<string>>();
  #hasCome = false;
  #hasLooked = false;
  /** Parts of which the table does not know all. */
  readonly #unsaved = new Set<string>();

  private constructor(
    { table, clock }: { table: StateTable; clock: Clock },
    message: MessageIdentity,
    stored: MessageProgressRecord,
    parts: readonly MessagePart[],
  ) {
    this.#table = table;
    this.#clock = clock;
    this.#message = message;
    this.#stored = stored;
    this.#parts = new Map(parts.map((part) => [part.part, part]));
    this.#interrupted = new Map(
      parts.flatMap(({ part, intended, ended }) => (intended && !ended ? [[part, intended]] : [])),
    );
  }

  /** @throws {AutomationError} `ITEM_UNREADABLE` */
  static async read(
    dependencies: { table: StateTable; clock: Clock },
    message: MessageIdentity,
  ): Promise<MessageProgress> {
    const { source, id, messageId } = message;
    const item = await dependencies.table.get(messageProgressKey(source, id));
    const record = item && messageProgressFromItem(item);
    const { pk, sk } = messagePartsOf(message);
    const parts = (await dependencies.table.query(pk, sk)).map(messagePartFromItem);
    return new MessageProgress(
      dependencies,
      message,
      record?.messageId === messageId ? record : { messageId, failures: 0, done: {}, refusals: 0, doubts: [] },
      parts.filter((part) => part.messageId === messageId),
    );
  }

  /** Whether this turn has brought it further. */
  get hasCome(): boolean {
    return this.#hasCome;
  }

  /** Whether this turn has seen, without a doubt, what is there of what the message is about. */
  get hasLooked(): boolean {
    return this.#hasLooked;
  }

  /** The account was read, and what is to be done is planned; or that is not what the message waits for. */
  noteLooked(): void {
    this.#hasLooked = true;
  }

  /** Genuine failures so far. */
  get failures(): number {
    return this.#stored.failures;
  }

  /** How often the outcome was refused when it was to be published. */
  get refusals(): number {
    return this.#stored.refusals;
  }

  /** The outcome that it came to, and that may not be published yet. */
  get finished(): MessageProgressRecord["finished"] {
    return this.#stored.finished;
  }

  /** How each resource ended that has ended: in this turn or in an earlier one. */
  get ended(): ReadonlyMap<ResourceKey, ResourceResult> {
    const ended = new Map<ResourceKey, ResourceResult>();
    for (const [key, part] of this.#parts) {
      if (part.ended)
        ended.set(key, { key, isTransient: false, ...(part.ended as Omit<ResourceResult, "key" | "isTransient">) });
    }
    return ended;
  }

  /** Whether an earlier turn has done anything about a resource, or was about to. */
  hasBegun(key: ResourceKey): boolean {
    return this.#parts.has(key);
  }

  /** What an earlier turn intended of a resource and did not end. */
  interrupted(key: ResourceKey): readonly string[] {
    return this.#interrupted.get(key) ?? [];
  }

  /** Inputs of services to be copied, as they were read in earlier turns, by `serviceId`. */
  inputsOf(serviceId: number): readonly ServiceInput[] | undefined {
    return this.#parts.get(copiedService(serviceId))?.inputs as readonly ServiceInput[] | undefined;
  }

  /** What was paid for is kept. */
  async keepInputs(serviceId: number, inputs: readonly ServiceInput[]): Promise<void> {
    const { messageId } = this.#message;
    this.#hasCome = true;
    await this.#save({ messageId, part: copiedService(serviceId), inputs: [...inputs] });
  }

  /** Notes what RingCX says that may be old. @returns whether the message has not doubted it before */
  async raise(doubt: string): Promise<boolean> {
    if (this.#stored.doubts.includes(doubt)) return false;
    this.#hasLooked = false;
    this.#stored.doubts.push(doubt);
    await this.#write();
    return true;
  }

  /** Whether the message has doubted it. */
  isRaised(doubt: string): boolean {
    return this.#stored.doubts.includes(doubt);
  }

  /** Written before a resource is changed: after a crash the outcome tells what was done. */
  async intend(key: ResourceKey, changes: readonly string[]): Promise<void> {
    this.#own.set(key, new Set([...(this.#own.get(key) ?? []), ...changes]));
    await this.intendFor(key, changes);
  }

  /** Likewise where another resource is changed with it: only that one knows whether it was done. */
  async intendFor(key: ResourceKey, changes: readonly string[]): Promise<void> {
    const part = this.#part(key);
    await this.#save({ ...part, intended: [...new Set([...(part.intended ?? []), ...changes])] });
  }

  /**
   * Keeps what became of a resource, with what earlier turns did of it. One that ended unchanged is written down with the
   * others by {@link save}.
   */
  async note(result: ResourceResult): Promise<ResourceResult> {
    const whole = this.#withEarlier(result);
    this.#hasCome ||= !this.#part(result.key).ended;
    const { key, outcome, isTransient, isCreated, isSuperseded, isUnvalidated, inDoubt = [] } = whole;
    // What it intended itself and surely did not do is planned again.
    const own = this.#own.get(key);
    const others = (this.#part(key).intended ?? []).filter((change) => !own?.has(change));
    const intended = [...new Set([...others, ...inDoubt])];
    const part: MessagePart = isTransient
      ? { ...this.#part(key), intended, done: { ...outcome, result: isCreated ? "CREATED" : "UPDATED" } }
      : { ...this.#part(key), ended: { outcome, isCreated, isSuperseded, isUnvalidated } };
    this.#parts.set(key, part);
    this.#unsaved.add(key);
    if ((outcome.changes ?? []).length > 0 || inDoubt.length > 0) await this.#save(part);
    return whole;
  }

  /** Before a turn ends: what is not in the table yet. */
  async save({ isFailure }: { isFailure: boolean }): Promise<void> {
    await pMap([...this.#unsaved], async (key) => this.#save(this.#part(key)), { concurrency });
    if (!isFailure) return;
    this.#stored.failures += 1;
    await this.#write();
  }

  /** Written before the outcome is published: a crash in between publishes the same outcome again, and no other. */
  async finish(data: OutcomeData, isRejected: boolean): Promise<void> {
    this.#stored.finished = { data, isRejected, at: new Date(this.#clock.now()).toISOString() };
    await this.#write();
  }

  /** The outcome was refused. */
  async refused(): Promise<void> {
    this.#stored.refusals += 1;
    await this.#write();
  }

  #part(key: ResourceKey): MessagePart {
    return this.#parts.get(key) ?? { messageId: this.#message.messageId, part: key };
  }

  /**
   * A resource that one turn created counts as created. What a turn intended that did not end was done, where a later one
   * found nothing to do about it.
   */
  #withEarlier(result: ResourceResult): ResourceResult {
    const { key, outcome, isSuperseded, isUnvalidated } = result;
    const before = this.#part(key).done ?? (this.#stored.done[key] as ResourceOutcome | undefined);
    const isDone = ["CREATED", "UPDATED", "UNCHANGED", "DELETED"].includes(outcome.result);
    const isLeft = (outcome.changes ?? []).some(saysLeft);
    const lost = isDone ? this.interrupted(key).filter((change) => !isLeft || !isSwitch(change)) : [];
    const earlier = [...(before?.changes ?? []), ...lost];
    if (isSuperseded || earlier.length === 0) return result;
    const wasCreated = before?.result === "CREATED" || lost.some(isCreation);
    const changes = joinedChanges(earlier, outcome.changes ?? [], { wasCreated });
    // What an earlier turn made, and this one's validation refused, is there all the same.
    const isMore =
      outcome.result === "UNCHANGED" ||
      (outcome.result === "UPDATED" && wasCreated) ||
      (outcome.result === "FAILED" && isUnvalidated === true);
    const merged: ResourceOutcome = {
      ...outcome,
      changes,
      ...(isMore && ({ result: lost.includes("deleted") ? "DELETED" : wasCreated ? "CREATED" : "UPDATED" } as const)),
    };
    return { ...result, isCreated: result.isCreated || wasCreated, outcome: merged };
  }

  async #save(part: MessagePart): Promise<void> {
    this.#parts.set(part.part, part);
    await this.#table.put(messagePartItem(this.#message, part, this.#expiresAt()));
    this.#unsaved.delete(part.part);
  }

  async #write(): Promise<void> {
    await this.#table.put(messageProgressItem(this.#message, this.#stored, this.#expiresAt()));
  }

  #expiresAt(): number {
    return Math.floor(this.#clock.now() / 1000) + keptSeconds;
  }
}

/** Where the service was left as it is now, another one may have had the last word: then nothing is claimed. */
function isSwitch(change: string): boolean {
  return /^(de)?activated\b/.test(change);
}

function copiedService(serviceId: number): string {
  return `copied ${serviceId}`;
}
