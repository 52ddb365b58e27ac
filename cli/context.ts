import type { StricliProcess } from "@stricli/core";
import type { Clock } from "../shared/primitives/clock.ts";
import { readNamedFile } from "./read-file.ts";

/** What a command has of the machine that it runs on. A test passes its own. */
export interface CliContext {
  readonly process: StricliProcess;
  readonly clock: Clock;
  /** Where relative file names begin. */
  readonly directory: string;
  /** Who is at the keyboard, as outcomes name them. */
  readonly user: string;
  /** Whether standard output is a terminal that shows colour. */
  readonly isColored: boolean;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** The system ends with this command line, so that nothing goes on afterwards. @default false */
  readonly endsSystem?: boolean;
  /** Everything on standard input. */
  readStandardInput(): Promise<Uint8Array>;
}

/**
 * What is in a file, or on standard input for `-`.
 *
 * @throws {UsageError} when it cannot be read
 */
export async function readInput(context: CliContext, file: string): Promise<Uint8Array> {
  if (file === "-") return context.readStandardInput();
  return readNamedFile(context.directory, file);
}
