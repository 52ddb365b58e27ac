import { spawn } from "node:child_process";

/** A command and whatever it starts: they end together. */
export interface ProcessGroup {
  /**
   * The command's exit code, 1 when a signal ended it. What it has left running is over by then.
   *
   * @throws {Error} when it cannot be started
   */
  ended: Promise<number>;
  /** What it has printed so far; empty when it prints to our own output. */
  printed(): string;
  /** Asks all of them to end, and makes them after five seconds. */
  stop(): Promise<void>;
}

export interface ProcessGroupOptions {
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Its output: ours as well, or kept for `printed`. @default "keep" */
  output?: "inherit" | "keep";
  /** Stops it. */
  signal: AbortSignal;
}

/** How long a command may take to end when asked, in milliseconds. */
const patienceMs = 5_000;

/** Starts a command as the leader of a process group of its own, which a terminal's Ctrl-C does not reach. */
export function startGroup(
  command: string,
  args: readonly string[],
  { env, cwd, output = "keep", signal }: ProcessGroupOptions,
): ProcessGroup {
  const printed: string[] = [];
  const pipe = output === "keep" ? "pipe" : "inherit";
  const child = spawn(command, args, { env, cwd, detached: true, stdio: ["ignore", pipe, pipe] });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => printed.push(text));
  }
  const send = (name: "SIGTERM" | "SIGKILL") => {
    if (child.pid !== undefined) signalGroup(child.pid, name);
  };
  const { promise: ended, resolve, reject } = Promise.withResolvers<number>();
  let isRunning = true;
  child.on("error", (error) => {
    isRunning = false;
    reject(error);
  });
  child.on("exit", (code) => {
    isRunning = false;
    send("SIGKILL");
    resolve(code ?? 1);
  });
  const stop = async () => {
    if (!isRunning) return;
    send("SIGTERM");
    const timer = setTimeout(() => send("SIGKILL"), patienceMs);
    await ended.catch(() => undefined);
    clearTimeout(timer);
  };
  const stopNow = () => void stop();
  if (signal.aborted) stopNow();
  else signal.addEventListener("abort", stopNow, { once: true });
  return { ended, printed: () => printed.join(""), stop };
}

function signalGroup(leader: number, name: NodeJS.Signals): void {
  try {
    process.kill(-leader, name);
  } catch (error) {
    // Nobody is left.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
