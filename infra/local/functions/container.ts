import { Worker } from "node:worker_threads";
import type { FunctionError, WorkerAnswer, WorkerData, WorkerTask } from "./worker-messages.ts";

/** How an invocation ended. */
export type Outcome = { status: "succeeded"; result: unknown } | { status: "failed"; error: FunctionError };

/** What a container runs and where its output goes. */
export interface ContainerOptions {
  data: WorkerData;
  environment: Readonly<Record<string, string>>;
  memoryMb: number;
  onOutput(text: string): void;
}

/** One warm Lambda container: a worker thread that runs one event at a time. */
export class Container {
  readonly #worker: Worker;
  readonly #ready = Promise.withResolvers<void>();
  #lastWords: FunctionError | undefined;
  #finish: ((outcome: Outcome) => void) | undefined;
  /** False once the thread has died; such a container takes no more events. */
  isAlive = true;

  constructor({ data, environment, memoryMb, onOutput }: ContainerOptions) {
    this.#worker = new Worker(new URL("./function-worker.ts", import.meta.url), {
      workerData: data,
      env: { ...environment },
      execArgv: ["--enable-source-maps"],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    this.#worker.on("message", (answer: WorkerAnswer) => {
      if (answer.type === "ready") this.#ready.resolve();
      else if (answer.type === "output") onOutput(answer.text);
      else if (answer.type === "failed") this.#finish?.({ status: "failed", error: answer.error });
      else this.#finish?.({ status: "succeeded", result: JSON.parse(answer.result) });
    });
    this.#worker.on("error", (error: Error) => this.#die("Runtime.ExitError", error.message));
    this.#worker.on("exit", (code) => this.#die("Runtime.ExitError", `The function's thread ended with code ${code}`));
  }

  #die(errorType: string, errorMessage: string): void {
    this.isAlive = false;
    this.#lastWords ??= { errorType, errorMessage, trace: [] };
    this.#ready.resolve();
    this.#finish?.({ status: "failed", error: { errorType, errorMessage, trace: [] } });
  }

  /**
   * Runs one event. Ends the container when the function is not done after `timeoutMs`; loading the bundle does not
   * count, as in Lambda. Never rejects.
   */
  async run(event: unknown, requestId: string, timeoutMs: number): Promise<Outcome> {
    await this.#ready.promise;
    if (this.#lastWords) return { status: "failed", error: this.#lastWords };
    const timeout = setTimeout(() => {
      const seconds = (timeoutMs / 1000).toFixed(2);
      this.#die("Sandbox.Timedout", `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`);
      void this.stop();
    }, timeoutMs);
    try {
      return await new Promise<Outcome>((resolve) => {
        this.#finish = resolve;
        const task: WorkerTask = { event, requestId, deadline: Date.now() + timeoutMs };
        this.#worker.postMessage(task);
      });
    } finally {
      clearTimeout(timeout);
      this.#finish = undefined;
    }
  }

  async stop(): Promise<void> {
    this.isAlive = false;
    await this.#worker.terminate();
  }
}
