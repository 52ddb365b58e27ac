import type { AddressInfo } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import dynalite from "dynalite";
import { closeIterators } from "./closed-iterators.ts";

type StoreClass = { prototype: { open(options?: unknown): Promise<void> } };

// dynalite lets the error of a connection that its client gave up reach the top of the process.
process.on("uncaughtException", (error: NodeJS.ErrnoException) => {
  if (error.code !== "ECONNRESET" && error.code !== "EPIPE") throw error;
});

const [, level] = closeIterators();
const { folder } = { ...(workerData as { folder?: string } | undefined) };
// dynalite opens its folder unseen, and fails at the first request where another process has it. To try it before would say
// nothing: another process may take it in between.
const { prototype } = level as unknown as StoreClass;
const { open } = prototype;
let opening: Promise<void> | undefined;
prototype.open = function (options) {
  const opened = open.call(this, options);
  opening ??= opened;
  return opened;
};
const server = dynalite({
  createTableMs: 0,
  deleteTableMs: 0,
  updateTableMs: 0,
  ...(folder !== undefined && { path: folder }),
});
// The host keeps its connections. One that is closed here for being idle, just as a call is sent on it, is a call that failed.
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", async () => {
  try {
    await opening;
    parentPort?.postMessage((server.address() as AddressInfo).port);
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    parentPort?.postMessage({ unavailable: cause?.code ?? String(error) });
    process.exit();
  }
});
