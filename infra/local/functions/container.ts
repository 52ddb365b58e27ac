import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { owned } from "../owned-processes.ts";
import type { FunctionError, ProcessAnswer, ProcessData, ProcessTask } from "./process-messages.ts";

const script = fileURLToPath(new URL("./function-process.ts", import.meta.url));

/** How an invocation ended. */
export type Outcome = { status: "succeeded"; result: unknown } | { status: "failed"; error: FunctionError };

/** What a container runs and where its output goes. */
export interface ContainerOptions {
  data: ProcessData;
  environment: Readonly<Record<string, string>>;
  memoryMb: number;
  /** Directory in which compiled code is kept for the next container, which then takes half as long to start. @default none */
  compileCache?: string;
  onOutput(text: string): void;
}

/**
 * One warm Lambda container: a process that runs one event at a time. A process, not a thread: its memory is its own, and
 * it can be killed at any instruction, as Lambda's can.
 */
export class Container {
  readonly #process: ChildProcess;
  readonly #ready = Promise.withResolvers<void>();
  #lastWords: FunctionError | undefined;
  #finish: ((outcome: Outcome) => void) | undefined;
  /** False once the process has died; such a container takes no more events. */
  isAlive = true;

  constructor({ data, environment, memoryMb, compileCache, onOutput }: ContainerOptions) {
    this.#process = owned(
      fork(script, {
        env: { ...(compileCache !== undefined && { NODE_COMPILE_CACHE: compileCache }), ...environment },
        execArgv: [`--max-old-space-size=${memoryMb}`],
        // What Node itself says before it dies is nobody's line; what the function says comes as a message.
        stdio: ["ignore", "ignore", "ignore", "ipc"],
      }),
    );
    this.#process.on("message", (answer: ProcessAnswer) => {
      if (answer.type === "ready") this.#ready.resolve();
      else if (answer.type === "output") onOutput(answer.text);
      else if (answer.type === "died") this.#die(answer.error);
      else if (answer.type === "failed") this.#finish?.({ status: "failed", error: answer.error });
      else this.#finish?.({ status: "succeeded", result: JSON.parse(answer.result) });
    });
    this.#process.on("error", ({ message }) => this.#die(runtimeError(message)));
    this.#process.on("exit", (code, signal) => this.#die(runtimeError(exitWords(code, signal))));
    this.#send(data);
  }

  /** The number by which the process can be killed; none when it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  #send(message: ProcessData | ProcessTask): void {
    // Who cannot be told is dead, or dying; its exit says so.
    this.#process.send(message, () => undefined);
  }

  #die(error: FunctionError): void {
    this.isAlive = false;
    this.#lastWords ??= error;
    this.#ready.resolve();
    this.#finish?.({ status: "failed", error });
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
      const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`;
      this.#die({ errorType: "Sandbox.Timedout", errorMessage, trace: [] });
      void this.stop();
    }, timeoutMs);
    try {
      return await new Promise<Outcome>((resolve) => {
        this.#finish = resolve;
        this.#send({ event, requestId, deadline: Date.now() + timeoutMs });
      });
    } finally {
      clearTimeout(timeout);
      this.#finish = undefined;
    }
  }

  async stop(): Promise<void> {
    this.isAlive = false;
    const { pid, exitCode, signalCode } = this.#process;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }
}

/** In Lambda's own words. */
function exitWords(code: number | null, signal: NodeJS.Signals | null): string {
  return `Runtime exited with error: ${signal === "SIGKILL" ? "signal: killed" : `exit status ${code}`}`;
}

function runtimeError(errorMessage: string): FunctionError {
  return { errorType: "Runtime.ExitError", errorMessage, trace: [] };
}
