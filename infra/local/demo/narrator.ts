import type { Outcome } from "../../../shared/contract/outcome.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";

/** Tells the person at the terminal what happens while it happens. */
export interface Narrator {
  /** A heading: what comes now. */
  chapter(title: string): void;
  /** One thing that happened. */
  say(text: string): void;
  /** An outcome, as the topic's subscribers get it. */
  outcome(outcome: Outcome): void;
}

/** @param write takes one line without its end */
export function createNarrator(clock: Clock, write: (line: string) => void): Narrator {
  const start = clock.now();
  const say = (text: string) => {
    const seconds = ((clock.now() - start) / 1000).toFixed(1).padStart(6);
    write(`${seconds} s  ${text}`);
  };
  return {
    chapter: (title) => write(`\n${title}`),
    say,
    outcome({ data }) {
      say(`outcome ${data.status}: ${data.summary}`);
      for (const { kind, name, result, changes = [], problems = [] } of data.resources ?? []) {
        write(
          `            ${result.padEnd(9)} ${kind} "${name}"${changes.length > 0 ? `: ${changes.join(", ")}` : ""}`,
        );
        for (const problem of problems) write(`              ${problemLine(problem)}`);
      }
      for (const problem of data.problems ?? []) write(`            ${problemLine(problem)}`);
    },
  };
}

function problemLine({ path, message, hint }: { path: string; message: string; hint?: string | undefined }): string {
  return `${path}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
}
