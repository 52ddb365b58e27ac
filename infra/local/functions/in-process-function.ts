import { randomUUID } from "node:crypto";
import type { Outcome } from "./container.ts";
import type { Invocable, Invocation } from "./local-function.ts";

/** A function that is an ordinary function of this process: a stand-in for one that the template does not hold. */
export class InProcessFunction implements Invocable {
  readonly name: string;
  readonly arn: string;
  readonly timeoutMs = 0;
  readonly #handler: (event: unknown) => unknown;
  readonly #onInvocation: (invocation: Invocation) => void;
  busy = 0;
  /** It runs in the process of the host. */
  readonly pids = [];

  constructor(
    name: string,
    arn: string,
    handler: (event: unknown) => unknown,
    onInvocation: (invocation: Invocation) => void,
  ) {
    this.name = name;
    this.arn = arn;
    this.#handler = handler;
    this.#onInvocation = onInvocation;
  }

  async #run(event: unknown): Promise<Outcome> {
    try {
      return { status: "succeeded", result: (await this.#handler(event)) ?? null };
    } catch (error) {
      const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
      return { status: "failed", error: { errorType: name, errorMessage: message, trace: [] } };
    }
  }

  async invoke(event: unknown, trigger: string): Promise<Invocation> {
    this.busy++;
    const startedAt = Date.now();
    const outcome = await this.#run(event);
    this.busy--;
    const durationMs = Date.now() - startedAt;
    const requestId = randomUUID();
    const invocation = { functionName: this.name, requestId, trigger, event, startedAt, durationMs, outcome };
    this.#onInvocation(invocation);
    return invocation;
  }

  async stop(): Promise<void> {}
}
