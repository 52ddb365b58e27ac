import { stripVTControlCharacters } from "node:util";
import { type Command, ExitCode, proposeCompletions, type RouteMap, run, type StricliProcess } from "@stricli/core";
import { application } from "./application.ts";
import type { CliContext } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import { errorJson } from "./tell-error.ts";

/**
 * Runs one command line.
 *
 * @param args without the program's name
 * @returns the exit code, one of {@link exitCodes}
 */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  const { stdout, stderr } = context.process;
  const told: string[] = [];
  const process: StricliProcess = {
    ...context.process,
    stderr: {
      write(text) {
        told.push(text);
        stderr.write(text);
      },
      ...(stderr.getColorDepth && { getColorDepth: (env) => stderr.getColorDepth?.(env) ?? 1 }),
    },
  };
  const missing = missingCommand(args);
  if (missing === undefined) await run(application, args.length === 0 ? ["--help"] : args, { ...context, process });
  else process.stderr.write(`${missing}\n`);
  const code = missing === undefined ? Number(process.exitCode ?? exitCodes.done) : ExitCode.UnknownCommand;
  // Below zero are stricli's own: an unknown command, a wrong argument.
  if (code >= 0) return code;
  const message = stripVTControlCharacters(told.join("")).trim();
  if (code === ExitCode.InvalidArgument) stderr.write(await usageOf(args, context));
  if (args.includes("--json")) stdout.write(errorJson({ code: "USAGE", message, exitCode: exitCodes.usage }));
  return exitCodes.usage;
}

/** What is said where an option stands in the place of a command: `rejected --local`. */
function missingCommand(args: readonly string[]): string | undefined {
  let target: RouteMap<CliContext> | Command<CliContext> | undefined = application.root;
  for (const [at, arg] of args.entries()) {
    if (target === undefined || !("getAllEntries" in target)) return undefined;
    if (/^(-h|--help|-H|--helpAll|--help-all)$/.test(arg)) return undefined;
    if (at === 0 && /^(-v|--version)$/.test(arg)) return undefined;
    if (arg.startsWith("-")) {
      const names = target.getAllEntries().map(({ name }) => name["convert-camel-to-kebab"]);
      const before = args.slice(0, at).map((word) => `${word} `);
      return `A command comes before ${arg}: ${before.join("")}${names.join("|")}.`;
    }
    target = target.getRoutingTargetForInput(arg);
  }
  return undefined;
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
  const offered = (await proposeCompletions(application, args, context)).map(({ completion }) => completion);
  const [options = [], values = []] = [true, false].map((isOption) =>
    offered.filter((one) => one.startsWith("-") === isOption),
  );
  return [...values, ...options];
}
