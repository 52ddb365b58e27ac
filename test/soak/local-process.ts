import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LocalSystem, localSystemSchema } from "../../infra/local/demo/local-system.ts";
import type { Clock } from "../../shared/primitives/clock.ts";
import { type Heap, inspectHeap } from "./heap.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Resident memory, in megabytes: of the host, and of the largest of its functions' processes. */
export interface Memory {
  host: number;
  function: number;
}

/** `npm start -- --stay` as a process of its own, with its functions' processes. */
export class LocalProcess {
  readonly system: LocalSystem;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #inspected: Awaited<ReturnType<typeof inspectHeap>>;

  private constructor(
    child: ChildProcess,
    folder: string,
    system: LocalSystem,
    inspected: Awaited<ReturnType<typeof inspectHeap>>,
  ) {
    this.#child = child;
    this.#folder = folder;
    this.system = system;
    this.#inspected = inspected;
  }

  /** @throws {Error} with what it said, where it does not start within five minutes */
  static async start({ allowHost, windowSeconds, clock }: { allowHost: string; windowSeconds: number; clock: Clock }) {
    const folder = await mkdtemp(join(tmpdir(), "soak-"));
    const json = join(folder, "local.json");
    // Nothing is played: what it does is what is sent to it.
    const file = join(root, "test/soak/nothing.ndjson");
    const options = ["--stay", "--file", file, "--json", json, "--allow-host", allowHost];
    const child = spawn(
      process.execPath,
      ["--inspect=127.0.0.1:0", "infra/local/demo/main.ts", ...options, "--window-seconds", String(windowSeconds)],
      { cwd: root, stdio: ["ignore", "pipe", "pipe"] },
    );
    let said = "";
    let inspector: string | undefined;
    const collect = (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-10_000);
      inspector ??= /ws:\/\/\S+/.exec(said)?.[0];
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    for (let waited = 0; waited < 300 && child.exitCode === null; waited += 1) {
      if (said.includes("It keeps running until Ctrl-C")) {
        const system = localSystemSchema.parse(JSON.parse(await readFile(json, "utf8")));
        return new LocalProcess(child, folder, system, await inspectHeap(inspector ?? ""));
      }
      await clock.sleep(1_000);
    }
    child.kill("SIGKILL");
    throw new Error(`The local system did not start:\n${said}`);
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Processes of the functions. */
  async functionPids(): Promise<number[]> {
    const { pid } = this.#child;
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
    return children.split(" ").filter(Boolean).map(Number);
  }

  async memory(): Promise<Memory> {
    const functions = await Promise.all((await this.functionPids()).map(residentMb));
    return { host: await residentMb(this.#child.pid ?? 0), function: Math.max(0, ...functions) };
  }

  /** What is kept once the garbage is collected. */
  heap(): Promise<Heap> {
    return this.#inspected.used();
  }

  /** Ends it as Ctrl-C does. @returns how long it took, and which processes of its functions are left */
  async stop(now: () => number): Promise<{ ms: number; left: number[] }> {
    // A process that is inspected does not end before its inspector has gone.
    this.#inspected.close();
    const pids = await this.functionPids();
    const begun = now();
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGINT");
    await ended;
    const ms = now() - begun;
    await rm(this.#folder, { recursive: true, force: true });
    return { ms, left: pids.filter(isAlive) };
  }
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
