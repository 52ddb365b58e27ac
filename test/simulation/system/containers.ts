import { AsyncLocalStorage } from "node:async_hooks";
import type { Outcome } from "../../../shared/contract/outcome.ts";
import type { Clock, Random } from "../../../shared/primitives/clock.ts";
import type { AccountTick } from "../../../shared/queues/sweep-queue.ts";
import { Crash } from "../../support/crash.ts";
import type { VirtualTime } from "../../support/virtual-time.ts";
import { type Deployed, type Functions, functionsOf } from "../../support/world/functions.ts";
import type { CallKind, Outside, Through } from "../../support/world/outside.ts";
import { type Faults, refusalOf, unansweredBy } from "./faults.ts";

/** A Lambda container: a process with a clock of its own, which lives until it crashes. */
export interface Container {
  name: string;
  functions: Functions;
  /** When the invocation is cut off, epoch milliseconds of true time. */
  endsAt: number;
  isDead: boolean;
  /** By which deployment it was started. */
  generation: number;
}

/** What containers stand on. */
export interface ContainersOptions {
  /** Of what is there only once the system is, as the containers are first. */
  time: () => VirtualTime;
  random: Random;
  faults: () => Faults;
  /** Of the processes' clocks, in milliseconds. */
  skews: readonly number[];
  outside: () => Outside;
  onOutcome(outcome: Outcome): void;
  onLog(text: string): void;
  onWake(accountId: string, inMs: number): void;
  onPutOff(receiptHandle: string, inMs: number): void;
  onSweep(sweep: AccountTick, tick: string): void;
  /** A line of the trace. */
  note(line: string): void;
}

/** How long a call takes, in milliseconds: so much at least, and so much more at most. */
const takesMs: Readonly<Record<CallKind, readonly [number, number]>> = {
  table: [3, 6],
  ringcx: [40, 80],
  secrets: [15, 25],
  sns: [15, 25],
  sqs: [10, 10],
  probe: [50, 100],
  cloudwatch: [40, 40],
  issuer: [200, 800],
};
/** Calls whose answer comes through a socket, in real time. */
const isReal: ReadonlySet<CallKind> = new Set(["probe"]);

/** How long before its end an invocation is to have handed back what it has, in milliseconds. */
const marginMs = 3_000;

/** Work of one invocation; `deadline` by the container's own clock. */
export type Work<Result> = (
  functions: Functions,
  invocation: { deadline: number; requestId: string },
) => Promise<Result>;

/** The containers of all functions: each is used by one invocation at a time, and replaced when it dies. */
export class Containers {
  readonly #options: ContainersOptions;
  readonly #free = new Map<string, Container[]>();
  readonly #running = new Map<string, number>();
  readonly #current = new AsyncLocalStorage<Container>();
  #deployed: Partial<Deployed> = {};
  #started = 0;
  #invocations = 0;

  constructor(options: ContainersOptions) {
    this.#options = options;
  }

  /** For what is not made of a container's dependencies: `fetch`. */
  readonly throughOfCurrent: Through = (kind, call) => {
    const container = this.#current.getStore();
    return container ? this.#through(container)(kind, call) : call();
  };

  /**
   * Runs work in a container of a function, when one is free.
   *
   * @param most containers at once
   * @throws {Crash} when the process died, whatever the work itself came to
   */
  async invoke<Result>(name: string, most: number, timeoutMs: number, work: Work<Result>): Promise<Result> {
    const time = this.#options.time();
    while ((this.#running.get(name) ?? 0) >= most) await time.sleep(100);
    this.#running.set(name, (this.#running.get(name) ?? 0) + 1);
    const free = this.#free.get(name) ?? [];
    this.#free.set(name, free);
    // The one that has waited longest; a new one even where one waits, so that a function remembers in more than one place.
    const isReused = free.length > 1 || this.#options.random() < 0.7;
    const container = (isReused ? free.shift() : undefined) ?? this.#start(name);
    container.endsAt = time.now + timeoutMs;
    this.#invocations += 1;
    const requestId = `request-${this.#invocations}`;
    const deadline = this.#clockOf(container).now() + timeoutMs - marginMs;
    try {
      const result = await this.#current.run(container, () => work(container.functions, { deadline, requestId }));
      if (container.isDead) throw new Crash(`${container.name} is dead`);
      return result;
    } finally {
      if (!container.isDead && container.generation === this.#generation) free.push(container);
      this.#running.set(name, (this.#running.get(name) ?? 1) - 1);
    }
  }

  /** New containers for all: those at work end what they do as they are. @param deployed what differs from the usual settings */
  deploy(deployed: Partial<Deployed>): void {
    this.#deployed = deployed;
    this.#generation += 1;
    this.#free.clear();
  }
  #generation = 0;

  #start(name: string): Container {
    this.#started += 1;
    const { outside, random, onOutcome, onLog, onWake, onPutOff, onSweep } = this.#options;
    const container: Container = {
      name: `${name} ${this.#started}`,
      generation: this.#generation,
      endsAt: 0,
      isDead: false,
      functions: noFunctions,
    };
    container.functions = functionsOf({
      outside: outside(),
      clock: this.#clockOf(container, this.#started),
      random,
      through: this.#through(container),
      onOutcome,
      onLog: (...said) => onLog(JSON.stringify(said)),
      onWake,
      onPutOff,
      onSweep,
      deployed: this.#deployed,
    });
    return container;
  }

  readonly #clocks = new WeakMap<Container, Clock>();

  #clockOf(container: Container, number = 0): Clock {
    const { skews } = this.#options;
    const time = this.#options.time();
    const known = this.#clocks.get(container);
    if (known) return known;
    const clock = time.clock(skews[number % skews.length] ?? 0);
    const own = {
      now: clock.now,
      sleep: async (ms: number) => {
        await clock.sleep(ms);
        if (container.isDead) throw new Crash(`${container.name} is dead`);
      },
    };
    this.#clocks.set(container, own);
    return own;
  }

  #through(container: Container): Through {
    const { random, note } = this.#options;
    const [time, faults] = [this.#options.time(), this.#options.faults()];
    const stopIfDead = () => {
      if (!container.isDead && time.now > container.endsAt) {
        container.isDead = true;
        note(`${container.name} is cut off`);
      }
      if (container.isDead) throw new Crash(`${container.name} is dead`);
    };
    const crash = (when: string, kind: CallKind): never => {
      container.isDead = true;
      note(`${container.name} dies ${when} a call of ${kind}`);
      throw new Crash(`${container.name} is dead`);
    };
    return async (kind, call) => {
      stopIfDead();
      const how = faults.take(kind, time.now, random);
      const [least, more] = takesMs[kind];
      await time.sleep(least + random() * more);
      stopIfDead();
      if (how === "crash before") return crash("before", kind);
      if (how === "hangs") {
        note(`${container.name}: a call of ${kind} hangs`);
        await time.sleep(container.endsAt + 1 - time.now);
        stopIfDead();
      }
      if (how) note(`${container.name}: ${kind} ${how}`);
      if (how === "refused" && kind !== "ringcx") throw refusalOf(kind);
      if (how && kind === "ringcx") this.#options.outside().simulator.faults.add(...faults.ofRingCx(how));
      const result = await (isReal.has(kind) ? time.outside(call) : call());
      if (how === "crash after") return crash("after", kind);
      if (how === "lost" && kind !== "ringcx") throw unansweredBy(kind);
      return result;
    };
  }
}

const noFunctions = {} as Functions;
