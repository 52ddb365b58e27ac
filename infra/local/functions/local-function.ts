import { randomUUID } from "node:crypto";
import { Container, type ContainerOptions, type Outcome } from "./container.ts";

/** One run of a function. */
export interface Invocation {
  functionName: string;
  requestId: string;
  /** What caused it: `sqs`, `schedule`, `event`, `invoke`, `rotation`. */
  trigger: string;
  event: unknown;
  /** Epoch milliseconds. */
  startedAt: number;
  durationMs: number;
  outcome: Outcome;
}

/** A function as its template describes it. */
export interface LocalFunctionOptions {
  name: string;
  arn: string;
  timeoutMs: number;
  /** Containers at most; further events wait. */
  concurrency: number;
  /**
   * Milliseconds after which a container that had nothing to do ends.
   *
   * @default two minutes; Lambda promises no time
   */
  idleMs?: number;
  container: ContainerOptions;
  onInvocation(invocation: Invocation): void;
}

/** Something that can be invoked by ARN: a function of the template, or one that a test adds. */
export interface Invocable {
  name: string;
  arn: string;
  /** 0 for one without a limit. */
  timeoutMs: number;
  /** Never rejects: a function that fails is an outcome. */
  invoke(event: unknown, trigger: string): Promise<Invocation>;
  /** Runs and waiting events. */
  readonly busy: number;
  /** Processes that can be killed. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** A Lambda function with its warm containers. */
export class LocalFunction implements Invocable {
  readonly name: string;
  readonly arn: string;
  readonly timeoutMs: number;
  readonly #options: LocalFunctionOptions;
  /** The last one used last: it goes first, so that others may end. */
  readonly #idle: { container: Container; end: NodeJS.Timeout }[] = [];
  readonly #all = new Set<Container>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #isStopped = false;
  busy = 0;

  constructor(options: LocalFunctionOptions) {
    this.name = options.name;
    this.arn = options.arn;
    this.timeoutMs = options.timeoutMs;
    this.#options = options;
  }

  async invoke(event: unknown, trigger: string): Promise<Invocation> {
    this.busy++;
    if (this.#running >= this.#options.concurrency) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    const requestId = randomUUID();
    const startedAt = Date.now();
    const outcome = await this.#run(event, requestId);
    const durationMs = Date.now() - startedAt;
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running--;
    const invocation = { functionName: this.name, requestId, trigger, event, startedAt, durationMs, outcome };
    this.#options.onInvocation(invocation);
    this.busy--;
    return invocation;
  }

  async #run(event: unknown, requestId: string): Promise<Outcome> {
    // What waited for its turn, or came from a queue while everything ends, must not start a container that nobody stops.
    if (this.#isStopped) {
      const errorMessage = `${this.name} was stopped before it took the event.`;
      return { status: "failed", error: { errorType: "Sandbox.Stopped", errorMessage, trace: [] } };
    }
    const container = this.#takeIdle() ?? this.#start();
    const outcome = await container.run(event, requestId, this.#options.timeoutMs);
    if (container.isAlive) this.#keepWarm(container);
    else this.#all.delete(container);
    return outcome;
  }

  #takeIdle(): Container | undefined {
    for (let warm = this.#idle.pop(); warm; warm = this.#idle.pop()) {
      clearTimeout(warm.end);
      if (warm.container.isAlive) return warm.container;
      this.#all.delete(warm.container);
    }
    return undefined;
  }

  #keepWarm(container: Container): void {
    const end = setTimeout(() => {
      this.#idle.splice(
        this.#idle.findIndex((warm) => warm.container === container),
        1,
      );
      this.#all.delete(container);
      void container.stop();
    }, this.#options.idleMs ?? 120_000);
    this.#idle.push({ container, end });
  }

  #start(): Container {
    const container = new Container(this.#options.container);
    this.#all.add(container);
    return container;
  }

  get pids(): number[] {
    return [...this.#all].flatMap(({ pid, isAlive }) => (isAlive && pid !== undefined ? [pid] : []));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { end } of this.#idle) clearTimeout(end);
    await Promise.all([...this.#all].map((container) => container.stop()));
    this.#all.clear();
    this.#idle.length = 0;
  }
}
