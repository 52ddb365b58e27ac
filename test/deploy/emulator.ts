import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** MiniStack: it takes CloudFormation templates and runs Node functions, and knows nothing of this project. */
export interface Emulator {
  endpoint: string;
  stop(): Promise<void>;
}

/** How long it may take until it answers, in milliseconds. */
const startMs = 60_000;

/** @throws {Error} with what it printed, when it does not answer in time */
export async function startEmulator(bin: string): Promise<Emulator> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const directory = await mkdtemp(join(tmpdir(), "ringcx-emulator-"));
  const node = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));
  const printed: string[] = [];
  const child = spawn(join(bin, "ministack"), [], {
    cwd: directory,
    // A group of its own: the functions that it runs go with it.
    detached: true,
    env: {
      // It runs functions with whatever `node` is first.
      PATH: `${node}:${process.env.PATH}`,
      HOME: directory,
      TMPDIR: directory,
      GATEWAY_PORT: String(port),
      BIND_HOST: "127.0.0.1",
      MINISTACK_REGION: "eu-central-1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => printed.push(text));
  }
  const stop = async () => {
    await killed(child);
    await rm(directory, { recursive: true, force: true });
  };
  const deadline = Date.now() + startMs;
  while (!(await answers(endpoint))) {
    if (child.exitCode === null && Date.now() < deadline) continue;
    await stop();
    throw new Error(`The emulator did not start:\n${printed.join("")}`);
  }
  return { endpoint, stop };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    const { ok } = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(1_000) });
    return ok;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return false;
  }
}

/** Asked to end, and made to after five seconds. */
async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const group = -child.pid;
  const ended = new Promise((resolve) => child.on("exit", resolve));
  process.kill(group, "SIGTERM");
  const timer = setTimeout(() => process.kill(group, "SIGKILL"), 5_000);
  await ended;
  clearTimeout(timer);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
