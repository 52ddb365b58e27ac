import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { WorkerAnswer, WorkerData, WorkerTask } from "./worker-messages.ts";

/** The Lambda runtime of one container: loads the bundle once, then runs one event after the other. */

const port = parentPort;
if (!port) throw new Error("function-worker.ts runs in a worker thread only");
const say = (answer: WorkerAnswer): void => port.postMessage(answer);

// Lines go through the port, not through the thread's streams: they keep their order with the answers, so
// whoever has an answer has the log of it too.
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk: unknown) => {
    say({ type: "output", text: typeof chunk === "string" ? chunk : Buffer.from(chunk as Uint8Array).toString() });
    return true;
  };
}

function describe(error: unknown): { errorType: string; errorMessage: string; trace: string[] } {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") };
}

type Handler = (event: unknown, context: unknown) => unknown;

async function load({ file, exportName }: WorkerData): Promise<Handler> {
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const handler = module[exportName];
  if (typeof handler === "function") return handler as Handler;
  throw Object.assign(new Error(`${exportName} is undefined or not exported by ${file}`), {
    name: "Runtime.HandlerNotFound",
  });
}

const data = workerData as WorkerData;
const loading = load(data);
// What went wrong is the answer to the first event, as in Lambda.
const announce = () => say({ type: "ready" });
loading.then(announce, announce);

async function run({ event, requestId, deadline }: WorkerTask): Promise<void> {
  const context = {
    ...data.context,
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  try {
    const handler = await loading;
    const result = await handler(event, context);
    // Through JSON, as Lambda does: what does not survive it must not survive here.
    say({ type: "succeeded", result: JSON.stringify(result ?? null) });
  } catch (error) {
    say({ type: "failed", error: describe(error) });
  }
}

port.on("message", (task: WorkerTask) => void run(task));
