/** What a container is started with, as the first message. */
export interface ProcessData {
  /** The bundle's entry, for example `/tmp/.../asset.1f2e/index.mjs`. */
  file: string;
  exportName: string;
  /** The parts of Lambda's context that do not change between events. */
  context: Readonly<Record<string, string>>;
}

/** One event for a container. */
export interface ProcessTask {
  event: unknown;
  requestId: string;
  /** Epoch milliseconds at which the time-out strikes. */
  deadline: number;
}

/** An error as Lambda hands it to the caller. */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

/** What a container says. */
export type ProcessAnswer =
  /** The bundle is loaded, or could not be; the first event tells. */
  | { type: "ready" }
  | { type: "output"; text: string }
  | { type: "succeeded"; result: string }
  | { type: "failed"; error: FunctionError }
  /** Nothing caught it; the process ends. */
  | { type: "died"; error: FunctionError };
