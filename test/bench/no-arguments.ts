import { exitCodes } from "../../cli/exit-codes.ts";

/**
 * What a program that takes no arguments answers where there are some, instead of running. Pure.
 *
 * @param does what it does, after "it": `measures for minutes, and writes docs/scaling.md`
 */
export function instead(
  args: readonly string[],
  { script, does }: { script: string; does: string },
): { words: string; isHelp: boolean; exitCode: number } | undefined {
  if (args.length === 0) return undefined;
  const isHelp = args.includes("--help") || args.includes("-h");
  const words = `npm run ${script} takes no arguments: it ${does}.`;
  return { words, isHelp, exitCode: isHelp ? exitCodes.done : exitCodes.usage };
}

/** Ends the program with that. */
export function takeNoArguments(script: string, does: string): void {
  const answer = instead(process.argv.slice(2), { script, does });
  if (answer === undefined) return;
  console[answer.isHelp ? "log" : "error"](answer.words);
  process.exit(answer.exitCode);
}
