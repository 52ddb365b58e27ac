import { setTimeout as delay } from "node:timers/promises";
import type { Invocable, Invocation } from "./local-function.ts";

/** One event for a function whose caller does not wait. */
export interface AsyncInvocation {
  target: Invocable;
  event: unknown;
  trigger: string;
}

/** What a function asks of its queue. */
export interface AsyncSettings {
  /** Further attempts after a failure. @default 2 */
  retries?: number;
  /** Called when every attempt has failed. */
  onExhausted?(last: Invocation): Promise<void>;
}

/**
 * Lambda's queue for asynchronous invocations (schedules, event rules, `InvocationType: Event`): a function that
 * fails is tried again after one minute and after two more. Source: AWS Lambda Developer Guide, "How Lambda
 * handles errors and retries with asynchronous invocation".
 */
export class AsyncInvocations {
  readonly #stopping = new AbortController();
  readonly #pending = new Set<Promise<void>>();
  readonly #settings = new Map<string, AsyncSettings>();
  readonly #clockFactor: number;

  /** @param clockFactor divides the pauses between attempts */
  constructor(clockFactor: number) {
    this.#clockFactor = Math.max(1, clockFactor);
  }

  /** Settings of one function, by its name. */
  configure(functionName: string, settings: AsyncSettings): void {
    this.#settings.set(functionName, settings);
  }

  /** Queues an event. Resolves with the first attempt; what follows goes on by itself. */
  send(invocation: AsyncInvocation): Promise<Invocation> {
    const first = Promise.withResolvers<Invocation>();
    const pending = this.#deliver(invocation, first.resolve)
      .catch((error: unknown) => {
        if (!this.#stopping.signal.aborted) process.stderr.write(`An asynchronous event was lost: ${String(error)}\n`);
      })
      .finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
    return first.promise;
  }

  async #deliver(
    { target, event, trigger }: AsyncInvocation,
    onFirst: (invocation: Invocation) => void,
  ): Promise<void> {
    const { retries = 2, onExhausted } = this.#settings.get(target.name) ?? {};
    for (let attempt = 0; ; attempt++) {
      const invocation = await target.invoke(event, trigger);
      onFirst(invocation);
      if (invocation.outcome.status === "succeeded") return;
      if (attempt >= retries) return onExhausted?.(invocation);
      const pauseMs = (attempt + 1) * 60_000;
      await delay(pauseMs / this.#clockFactor, undefined, { signal: this.#stopping.signal });
    }
  }

  /** Events that are running or wait for their next attempt. */
  get busy(): number {
    return this.#pending.size;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#pending);
  }
}
