import { ExitCode, proposeCompletions, run } from "@stricli/core";
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
  if (code === ExitCode.InvalidArgument) context.process.stderr.write(await usageOf(args, context));
  // Below zero are stricli's own: an unknown command, a wrong argument.
  return code < 0 ? exitCodes.usage : code;
}

/** How the command that was typed is used, with its examples: as much of its help as comes before its options. */
async function usageOf(args: readonly string[], context: CliContext): Promise<string> {
  for (const words of [args.slice(0, 1), args.slice(0, 2)]) {
    const written: string[] = [];
    const stdout = { write: (text: string) => void written.push(text) };
    await run(application, [...words, "--help"], {
      ...context,
      process: { ...context.process, stdout, stderr: stdout },
    });
    const help = written.join("");
    if (!help.includes("\nCOMMANDS\n")) return `\n${help.split("\nFLAGS\n")[0]?.trimEnd()}\n`;
  }
  return "";
}

/** What may follow a command line that has been typed so far, for a shell's completion. */
export async function completions(args: readonly string[], context: CliContext): Promise<readonly string[]> {
  return (await proposeCompletions(application, args, context)).map(({ completion }) => completion);
}
