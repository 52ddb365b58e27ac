import { flushCompileCache } from "node:module";
import { pathToFileURL } from "node:url";
import type { FunctionError, ProcessAnswer, ProcessData, ProcessTask } from "./process-messages.ts";

/** The Lambda runtime of one container: loads the bundle once, then runs one event after the other. */

// It was for this process, and is no variable of Lambda's.
delete process.env.NODE_COMPILE_CACHE;

const say = (answer: ProcessAnswer, then: () => void = () => undefined): void => {
  if (process.connected) process.send?.(answer, then);
};

// A host that was killed stops nobody: without it this process has nothing to do.
process.on("disconnect", () => process.exit());
// Ctrl-C on a terminal reaches the whole group, and so does its closing; the host ends its containers itself.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error) => say({ type: "died", error: describe(error) }, () => process.exit(1)));
}

// Lines go with the answers, not through streams of their own: they keep their order, so whoever has an answer has the
// log of it too.
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk: unknown) => {
    say({ type: "output", text: typeof chunk === "string" ? chunk : Buffer.from(chunk as Uint8Array).toString() });
    return true;
  };
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") };
}

type Handler = (event: unknown, context: unknown) => unknown;

async function load({ file, exportName }: ProcessData): Promise<Handler> {
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const handler = module[exportName];
  if (typeof handler === "function") return handler as Handler;
  throw Object.assign(new Error(`${exportName} is undefined or not exported by ${file}`), {
    name: "Runtime.HandlerNotFound",
  });
}

async function run(handler: Promise<Handler>, data: ProcessData, task: ProcessTask): Promise<void> {
  const context = {
    ...data.context,
    awsRequestId: task.requestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, task.deadline - Date.now()),
  };
  try {
    const result = await (await handler)(task.event, context);
    // Through JSON, as Lambda does: what does not survive it must not survive here.
    say({ type: "succeeded", result: JSON.stringify(result ?? null) });
  } catch (error) {
    say({ type: "failed", error: describe(error) });
  }
}

process.once("message", (data: ProcessData) => {
  const loading = load(data);
  // What went wrong is the answer to the first event, as in Lambda.
  const announce = () => say({ type: "ready" });
  // Node itself would write it at its exit, and a container is killed.
  loading.then(announce, announce).then(flushCompileCache);
  process.on("message", (task: ProcessTask) => void run(loading, data, task));
});
