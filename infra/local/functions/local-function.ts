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
  stop(): Promise<void>;
}

/** A Lambda function with its warm containers. */
export class LocalFunction implements Invocable {
  readonly name: string;
  readonly arn: string;
  readonly timeoutMs: number;
  readonly #options: LocalFunctionOptions;
  readonly #idle: Container[] = [];
  readonly #all = new Set<Container>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
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
    const container = this.#idle.pop() ?? this.#start();
    const requestId = randomUUID();
    const startedAt = Date.now();
    const outcome = await container.run(event, requestId, this.#options.timeoutMs);
    const durationMs = Date.now() - startedAt;
    if (container.isAlive) this.#idle.push(container);
    else this.#all.delete(container);
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running--;
    const invocation = { functionName: this.name, requestId, trigger, event, startedAt, durationMs, outcome };
    this.#options.onInvocation(invocation);
    this.busy--;
    return invocation;
  }

  #start(): Container {
    const container = new Container(this.#options.container);
    this.#all.add(container);
    return container;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#all].map((container) => container.stop()));
    this.#all.clear();
    this.#idle.length = 0;
  }
}
