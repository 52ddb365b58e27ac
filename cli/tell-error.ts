import * as z from "zod";
import { MessageRejectedError } from "../shared/contract/message-rejected-error.ts";
import { AutomationError } from "../shared/primitives/errors.ts";
import { issueText } from "../shared/primitives/issue-words.ts";
import { sentence } from "../shared/primitives/sentence.ts";
import { explainAwsError, type Place } from "./environment/explain-aws-error.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";

/** An error as whoever typed the command is told it. */
export interface ToldError {
  /** Stable, for machines: `USAGE`, `UNREACHABLE`; `UNEXPECTED` for what is a fault of ours. */
  code: string;
  /** What is wrong and what to do, without a stack and without a dump. */
  message: string;
  /** One of {@link exitCodes}. */
  exitCode: number;
}

/**
 * The one door by which an error leaves a command, `npm start` too: a sentence, and an exit code of the table.
 *
 * @param place where it failed, for what AWS's errors mean
 */
export function tellError(cause: unknown, place: Place = { region: "" }): ToldError {
  const error = explainAwsError(cause, place);
  const exitCode = exitCodeOf(error);
  if (error instanceof MessageRejectedError) {
    const lines = error.problems.map(({ path, message, hint }) => `${path && `${path}: `}${message} (${hint})`);
    return { code: error.code, message: `Nothing was sent. ${lines.join("\n  ")}`, exitCode };
  }
  if (error instanceof AutomationError) return { code: error.code, message: error.message, exitCode };
  return { code: "UNEXPECTED", message: unexpectedWords(error), exitCode: exitCodes.failed };
}

/** For `--json`: one line on standard output, so that what reads it always finds JSON. */
export function errorJson(error: ToldError): string {
  return `${JSON.stringify({ error })}\n`;
}

/** For `--debug`: where it comes from. */
export function errorStack(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\nbecause of ${errorStack(error.cause)}`;
  return `${error.stack}${cause}`;
}

function unexpectedWords(error: unknown): string {
  if (!(error instanceof Error)) return `Something unexpected: ${String(error)}.`;
  // Errors of the operating system are sentences already: "EACCES: permission denied, open '/x'".
  if ("syscall" in error || error.name === "Error") return error.message;
  if (error instanceof z.core.$ZodError) {
    const issues = error.issues.map(
      (issue) => `${issue.path.map(String).join(".") || "the whole"}: ${issueText(issue)}`,
    );
    return `What was read is not as it should be: ${issues.join("; ")}.`;
  }
  return `Something unexpected, ${error.name}: ${sentence(error.message)}`;
}

/**
 * Has what nobody caught end the process as other errors do, and a reader that has enough (`ops outcomes | head -1`) end it
 * quietly. Once, by each program that people start.
 *
 * @param ended aborted while the program is being ended: what breaks then is no news
 */
export function guardTop(process: NodeJS.Process, isDebug: boolean, ended?: AbortSignal): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  process.on("uncaughtException", (cause) => {
    if (ended?.aborted) return;
    const error = tellError(cause);
    process.stderr.write(`${isDebug ? errorStack(cause) : error.message}\n`);
    process.exit(error.exitCode);
  });
}
