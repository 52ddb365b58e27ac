import { proposeCompletions, run } from "@stricli/core";
import { application } from "./application.ts";
import type { CliContext } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";

/**
 * Runs one command line.
 *
 * @param args without the program's name
 * @returns the exit code, one of {@link exitCodes}
 */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  await run(application, args.length === 0 ? ["--help"] : args, context);
  const code = Number(context.process.exitCode ?? exitCodes.done);
  // Below zero are stricli's own: an unknown command, a wrong argument.
  return code < 0 ? exitCodes.usage : code;
}

/** What may follow a command line that has been typed so far, for a shell's completion. */
export async function completions(args: readonly string[], context: CliContext): Promise<readonly string[]> {
  return (await proposeCompletions(application, args, context)).map(({ completion }) => completion);
}
