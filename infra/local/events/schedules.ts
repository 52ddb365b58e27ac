import { setTimeout as delay } from "node:timers/promises";
import type { Invocation } from "../functions/local-function.ts";

/** A schedule: how often which function runs with which input. */
export interface ScheduleEntry {
  logicalId: string;
  intervalMs: number;
  isEnabled: boolean;
  /** Delivers one tick and tells how its first attempt went. */
  fire(at: Date): Promise<Invocation>;
}

/** The schedules of the template, on a clock that may run faster than the real one. */
export class Schedules {
  readonly #entries: ScheduleEntry[] = [];
  readonly #stopping = new AbortController();
  readonly #clockFactor: number;

  /** @param clockFactor how many times faster than in AWS schedules fire; 0 means only by {@link Schedules.run} */
  constructor(clockFactor: number) {
    this.#clockFactor = clockFactor;
  }

  add(entry: ScheduleEntry): void {
    this.#entries.push(entry);
  }

  /** Starts firing: each schedule for the first time after one interval. */
  start(): void {
    if (this.#clockFactor <= 0) return;
    for (const entry of this.#entries) if (entry.isEnabled) void this.#repeat(entry).catch(() => undefined);
  }

  async #repeat({ intervalMs, fire, logicalId }: ScheduleEntry): Promise<void> {
    for (;;) {
      await delay(intervalMs / this.#clockFactor, undefined, { signal: this.#stopping.signal });
      // EventBridge Scheduler drops a tick that it may not deliver; here it is at least seen.
      fire(new Date()).catch((error: unknown) => {
        process.stderr.write(`The schedule ${logicalId} could not fire: ${String(error)}\n`);
      });
    }
  }

  /**
   * Delivers one tick now.
   *
   * @param namePart part of the schedule's logical id
   * @throws unless exactly one schedule has it in its id
   */
  async run(namePart: string): Promise<Invocation> {
    const found = this.#entries.filter(({ logicalId }) => logicalId.includes(namePart));
    const [entry] = found;
    if (entry && found.length === 1) return entry.fire(new Date());
    const known = this.#entries.map(({ logicalId }) => logicalId).join(", ");
    throw new Error(`${found.length} schedules have "${namePart}" in their logical id. There are: ${known}`);
  }

  stop(): void {
    this.#stopping.abort();
  }
}
