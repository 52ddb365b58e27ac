import type { Clock, Random } from "../../shared/primitives/clock.ts";

/** Time that passes only when everybody sleeps: hours take milliseconds, and a seed replays every interleaving. */
export class VirtualTime {
  #now = Date.UTC(2030, 0, 1);
  #order = 0;
  readonly #events = new EventHeap();
  #underWay = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** True time, epoch milliseconds. */
  get now(): number {
    return this.#now;
  }

  /** A process's own clock, which may go wrong by a constant. */
  clock(skewMs = 0): Clock {
    return { now: () => this.#now + skewMs, sleep: (ms) => this.sleep(ms) };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#order += 1;
      this.#events.push({ at: this.#now + Math.max(0, Math.ceil(ms)), order: this.#order, resolve });
    });
  }

  /**
   * What takes real time, such as an answer through a socket: none of the virtual time passes meanwhile. One call after the
   * other, so that a seed replays them in the same order.
   */
  async outside<Result>(call: () => Promise<Result>): Promise<Result> {
    this.#underWay += 1;
    const before = this.#last;
    const result = before.then(call);
    this.#last = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Runs until the work is done; rejects when it is stuck (nobody sleeps and it is not done). */
  async run<Result>(work: Promise<Result>): Promise<Result> {
    let isDone = false;
    const settled = work.finally(() => {
      isDone = true;
    });
    settled.catch(() => undefined);
    for (;;) {
      await microtasks();
      if (isDone) return settled;
      if (this.#underWay > 0) {
        await this.#last;
        continue;
      }
      const event = this.#events.pop();
      if (!event) throw new Error("The simulation is stuck: nobody sleeps and the work is not done");
      this.#now = event.at;
      event.resolve();
    }
  }
}

/** Everything that can go on without time passing has gone on. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** mulberry32: small, fast, the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface TimedEvent {
  at: number;
  order: number;
  resolve: () => void;
}

/** The next event first; of those at the same time the one that was asked for first. */
class EventHeap {
  readonly #events: TimedEvent[] = [];

  push(event: TimedEvent): void {
    const events = this.#events;
    events.push(event);
    let child = events.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#isSooner(child, parent)) break;
      this.#swap(child, parent);
      child = parent;
    }
  }

  pop(): TimedEvent | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (first === undefined || last === undefined || events.length === 0) return first;
    events[0] = last;
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      if (left >= events.length) return first;
      const child = left + 1 < events.length && this.#isSooner(left + 1, left) ? left + 1 : left;
      if (!this.#isSooner(child, parent)) return first;
      this.#swap(child, parent);
      parent = child;
    }
  }

  #isSooner(a: number, b: number): boolean {
    const [one, other] = [this.#events[a], this.#events[b]];
    if (!one || !other) return false;
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#events[a], this.#events[b]];
    if (one && other) {
      this.#events[a] = other;
      this.#events[b] = one;
    }
  }
}
