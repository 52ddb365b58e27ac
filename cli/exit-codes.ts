import { MessageRejectedError } from "../shared/contract/message-rejected-error.ts";
import { AutomationError } from "../shared/primitives/errors.ts";

/** What the shell is told, by the command line and by `npm start` alike. Documented in docs/operating.md. */
export const exitCodes = {
  /** Done, or nothing to do. */
  done: 0,
  /** An outcome says rejected, failed or only partly done; a check of `doctor` failed; something unexpected. */
  failed: 1,
  /** `plan`: there are changes. */
  changes: 2,
  /** No outcome within `--timeout`: it goes on by itself. */
  notEnded: 3,
  /** The environment cannot be reached: credentials, region, stack, local system, a folder that another process has. */
  unreachable: 4,
  /** Wrong usage, a wrong file, a name that does not exist: `EX_USAGE` of BSD's sysexits. */
  usage: 64,
  /** Ended by Ctrl-C: 128 + SIGINT. `npm start` ends by other signals in the same way (infra/local/demo/ending.ts). */
  interrupted: 130,
} as const;

/** What was typed, or a file, is wrong: nothing was sent. */
export class UsageError extends AutomationError {
  override readonly name = "UsageError";

  constructor(message: string) {
    super(message, { code: "USAGE" });
  }
}

/** The environment cannot be reached. */
export class UnreachableError extends AutomationError {
  override readonly name = "UnreachableError";

  constructor(message: string, cause?: unknown) {
    super(message, { code: "UNREACHABLE", cause });
  }
}

/** Somebody pressed Ctrl-C. */
export class InterruptedError extends AutomationError {
  override readonly name = "InterruptedError";

  constructor(message: string) {
    super(message, { code: "INTERRUPTED" });
  }
}

/** Codes of errors of other rooms that say that something is in the way which may be gone later. */
const unreachableCodes: ReadonlySet<string> = new Set([
  "FOLDER_UNAVAILABLE",
  "LOGIN_REFUSED",
  "LOGIN_RATE_LIMITED",
  "LOGIN_UNAVAILABLE",
]);

/** Which exit code an error means. */
export function exitCodeOf(error: unknown): number {
  // What is held against the contract here has not been sent.
  if (error instanceof UsageError || error instanceof MessageRejectedError) return exitCodes.usage;
  if (error instanceof UnreachableError) return exitCodes.unreachable;
  if (error instanceof AutomationError && unreachableCodes.has(error.code)) return exitCodes.unreachable;
  return error instanceof InterruptedError ? exitCodes.interrupted : exitCodes.failed;
}
