import type { CliContext } from "../../cli/context.ts";
import { InterruptedError } from "../../cli/exit-codes.ts";
import { runCli } from "../../cli/run.ts";
import { systemClock } from "../../shared/primitives/clock.ts";

/** What a command line came to. */
export interface CliResult {
  code: number;
  out: string;
  err: string;
}

/** How a test runs a command line: with its own folder, input and clock. */
export interface CliOptions {
  directory: string;
  input?: string | Uint8Array;
  clock?: CliContext["clock"];
  interrupt?: AbortController;
}

/** Runs a command line in this process. */
export async function runLine(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const { directory, input = "", clock = systemClock, interrupt = new AbortController() } = options;
  const written = { out: "", err: "" };
  const stream = (name: "out" | "err") => ({
    write(text: string) {
      written[name] += text;
    },
  });
  const context: CliContext = {
    process: { stdout: stream("out"), stderr: stream("err"), env: {} },
    clock,
    directory,
    user: "ada",
    isColored: false,
    interrupted: interrupt.signal,
    readStandardInput: async () => Buffer.from(input),
  };
  const code = await runCli(args, context);
  return { code, ...written };
}

/** What Ctrl-C does. */
export function interruptSoon(interrupt: AbortController): void {
  interrupt.abort(new InterruptedError("Interrupted."));
}
