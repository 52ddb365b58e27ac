import type { Random } from "../../shared/primitives/clock.ts";
import { createQuota, type Quota } from "../../shared/ringcx/quota/quota.ts";
import { QuotaDeferredError } from "../../shared/ringcx/quota/quota-deferred-error.ts";
import type { Priority } from "../../shared/ringcx/quota/quota-policy.ts";
import { MemoryStateTable } from "../../shared/state/memory-table.ts";
import type { Expected, Item, Key, NewItem, StateTable } from "../../shared/state/table.ts";
import { seeded, VirtualTime } from "../support/virtual-time.ts";

export interface QuotaSimulationOptions {
  seed: number;
  processes: number;
  /** How the server counts: any 60 seconds, or fixed minutes that begin at this phase (milliseconds). */
  window: "sliding" | { phaseMs: number };
  limit?: number;
  windowMs?: number;
  guardMs?: number;
  /** Round trip to RingCX, shortest and longest, in milliseconds. @default [20, 500] */
  latencyMs?: readonly [number, number];
  /** Clocks go wrong by up to so much either way, in milliseconds. @default 200 */
  skewMs?: number;
  /** Chance that an access to the table takes up to three seconds, as after a pause of the process. @default 0 */
  stallChance?: number;
  /** Chance that a process dies between its claim and its call. @default 0 */
  crashChance?: number;
}

/** One call that was answered. Times are true time in milliseconds. */
export interface AnsweredCall {
  priority: Priority;
  askedAt: number;
  /** When it left: after its wait for a slot. */
  sentAt: number;
}

/** Processes that share a quota through a table with latency, and a server that counts. */
export class QuotaSimulation {
  readonly time = new VirtualTime();
  readonly random: Random;
  readonly answered: AnsweredCall[] = [];
  /** Times at which requests reached the server. */
  readonly arrivals: number[] = [];
  refused = 0;
  readonly quotas: readonly Quota[];
  readonly #options: Required<QuotaSimulationOptions>;

  constructor(options: QuotaSimulationOptions) {
    this.#options = {
      limit: 120,
      windowMs: 60_000,
      guardMs: 700,
      latencyMs: [20, 500],
      skewMs: 200,
      crashChance: 0,
      stallChance: 0,
      ...options,
    };
    this.random = seeded(options.seed);
    const table = new SlowTable(this.time, this.random, this.#options.stallChance);
    const { limit, windowMs, guardMs, skewMs, processes } = this.#options;
    this.quotas = Array.from({ length: processes }, () =>
      createQuota({
        scope: "account/1",
        settings: { limit, windowMs, guardMs },
        table,
        clock: this.time.clock(Math.round((this.random() * 2 - 1) * skewMs)),
        random: this.random,
      }),
    );
  }

  /** One call of one process, until it is answered: what is deferred comes back, as a message would. */
  async call(process: number, priority: Priority): Promise<void> {
    const quota = this.quotas[process % this.quotas.length];
    if (!quota) throw new Error("a simulation without processes");
    const askedAt = this.time.now;
    for (;;) {
      try {
        await quota.claim(priority);
      } catch (error) {
        if (!(error instanceof QuotaDeferredError)) throw error;
        // SQS hides a message for whole seconds.
        await this.time.sleep(Math.ceil(error.retryAfterMs / 1_000) * 1_000);
        continue;
      }
      if (this.random() < this.#options.crashChance) {
        await this.time.sleep(5_000); // the message becomes visible again
        continue;
      }
      const sentAt = this.time.now;
      const [shortest, longest] = this.#options.latencyMs;
      const oneWay = () => (shortest + this.random() * (longest - shortest)) / 2;
      await this.time.sleep(oneWay());
      const isRefused = this.#arrive();
      await this.time.sleep(oneWay());
      if (isRefused) {
        await quota.pause();
        continue;
      }
      this.answered.push({ priority, askedAt, sentAt });
      return;
    }
  }

  /** Calls one after the other in one process, as a function works off its messages. */
  async callsInTurn(process: number, priority: Priority, count: number): Promise<void> {
    for (let call = 0; call < count; call += 1) await this.call(process, priority);
  }

  /** The most requests that the server saw in any window of its length, whatever way it counts itself. */
  busiestWindow(): number {
    const sorted = [...this.arrivals].sort((a, b) => a - b);
    let busiest = 0;
    let first = 0;
    for (const [last, at] of sorted.entries()) {
      while (at - (sorted[first] ?? 0) >= this.#options.windowMs) first += 1;
      busiest = Math.max(busiest, last - first + 1);
    }
    return busiest;
  }

  #arrive(): boolean {
    const { window, windowMs, limit } = this.#options;
    const now = this.time.now;
    const begin =
      window === "sliding"
        ? now - windowMs
        : Math.floor((now - window.phaseMs) / windowMs) * windowMs + window.phaseMs - 1;
    const counted = this.arrivals.filter((at) => at > begin).length;
    if (counted >= limit) {
      this.refused += 1;
      return true;
    }
    this.arrivals.push(now);
    return false;
  }
}

/** A table some milliseconds away: what was read may be old when it arrives. */
class SlowTable implements StateTable {
  readonly #table = new MemoryStateTable();
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #stallChance: number;

  constructor(time: VirtualTime, random: Random, stallChance: number) {
    this.#time = time;
    this.#random = random;
    this.#stallChance = stallChance;
  }

  get(key: Key): Promise<Item | undefined> {
    return this.#slowly(3, 8, () => this.#table.get(key));
  }
  put(item: NewItem, expected?: Expected): Promise<number | false> {
    return this.#slowly(5, 15, () => this.#table.put(item, expected));
  }
  update(key: Key, changes: Readonly<Record<string, unknown>>): Promise<Item> {
    return this.#slowly(5, 15, () => this.#table.update(key, changes));
  }
  delete(key: Key, expected?: Expected): Promise<boolean> {
    return this.#slowly(5, 15, () => this.#table.delete(key, expected));
  }
  query(pk: string, skPrefix?: string): Promise<Item[]> {
    return this.#slowly(3, 8, () => this.#table.query(pk, skPrefix));
  }

  async #slowly<Result>(shortestMs: number, longestMs: number, work: () => Promise<Result>): Promise<Result> {
    const trip = (shortestMs + this.#random() * (longestMs - shortestMs)) / 2;
    await this.#time.sleep(trip);
    const result = await work();
    const stall = this.#random() < this.#stallChance ? this.#random() * 3_000 : 0;
    await this.#time.sleep(trip + stall);
    return result;
  }
}
