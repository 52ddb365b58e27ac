import { createRequire } from "node:module";
import type { AddressInfo, Server } from "node:net";
import { parentPort } from "node:worker_threads";

// dynalite ships no types.
type Dynalite = (options: { createTableMs: number; deleteTableMs: number; updateTableMs: number }) => Server;
const dynalite = createRequire(import.meta.url)("dynalite") as Dynalite;

// dynalite lets the error of a connection that its client gave up reach the top of the process.
process.on("uncaughtException", (error: NodeJS.ErrnoException) => {
  if (error.code !== "ECONNRESET" && error.code !== "EPIPE") throw error;
});

const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
server.listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as AddressInfo).port));
