import { userInfo } from "node:os";
import { buffer } from "node:stream/consumers";
import { systemClock } from "../shared/primitives/clock.ts";
import type { CliContext } from "./context.ts";
import { InterruptedError } from "./exit-codes.ts";
import { completions, runCli } from "./run.ts";
import { guardTop } from "./tell-error.ts";

const interrupted = new AbortController();
// The first Ctrl-C lets a command say what goes on by itself, the second ends it.
process.once("SIGINT", () => interrupted.abort(new InterruptedError("Interrupted.")));

guardTop(process, process.argv.includes("--debug"));

const context: CliContext = {
  process: { stdout: process.stdout, stderr: process.stderr, env: process.env },
  clock: systemClock,
  directory: process.cwd(),
  user: userName(),
  isColored: process.stdout.isTTY === true && process.stdout.hasColors(),
  interrupted: interrupted.signal,
  readStandardInput: () => buffer(process.stdin),
};

const [first, ...rest] = process.argv.slice(2);
if (first === "--complete") {
  process.stdout.write((await completions(rest, context)).map((one) => `${one}\n`).join(""));
} else {
  process.exitCode = await runCli(process.argv.slice(2), context);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "operator";
  }
}
