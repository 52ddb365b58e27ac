import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startGroup } from "./process-group.ts";

/** MiniStack: it takes CloudFormation templates and runs Node functions, and knows nothing of this project. */
export interface Emulator {
  endpoint: string;
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  /** Where its command is. */
  bin: string;
  /** Where it may write. */
  directory: string;
  signal: AbortSignal;
}

/** How long it may take until it answers, in milliseconds. */
const startMs = 60_000;

/** @throws {Error} with what it printed, when it does not answer in time */
export async function startEmulator({ bin, directory, signal }: EmulatorOptions): Promise<Emulator> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const node = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));
  const group = startGroup(join(bin, "ministack"), [], {
    cwd: directory,
    env: {
      // It runs functions with whatever `node` is first.
      PATH: `${node}:${process.env.PATH}`,
      HOME: directory,
      TMPDIR: directory,
      GATEWAY_PORT: String(port),
      BIND_HOST: "127.0.0.1",
      MINISTACK_REGION: "eu-central-1",
    },
    signal,
  });
  let hasEnded = false;
  const over = () => {
    hasEnded = true;
  };
  group.ended.then(over, over);
  const deadline = Date.now() + startMs;
  while (!(await answers(endpoint))) {
    if (hasEnded || Date.now() > deadline) {
      await group.stop();
      throw new Error(`The emulator did not start:\n${group.printed()}`);
    }
    await sleep(100);
  }
  return { endpoint, stop: group.stop };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false;
  }
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
