import { constants } from "node:os";

// It is loaded before everything else, so it imports nothing of ours.

/** What ends a program from outside, in words. */
const words = { SIGINT: "Ctrl-C (SIGINT)", SIGTERM: "SIGTERM", SIGHUP: "the end of its terminal (SIGHUP)" } as const;

/** Longest that a program may take to give back what it holds, in milliseconds: with it, it ends within three seconds. */
const graceMs = 2_500;

/**
 * Runs a program under the one owner of its being ended: a SIGINT, SIGTERM or SIGHUP ends it within three seconds, with one
 * sentence and exit code 128 + the signal's number, in whatever it is. What the program itself makes of its end is told to
 * nobody: half a result is none.
 *
 * Where its parent is gone it ends, too: npm hands not every signal on to what it runs.
 *
 * @param run gets the signal of the end, has then {@link graceMs} to settle, and returns the exit code of a run that nobody ended
 */
export async function untilEnded(run: (ended: AbortSignal) => Promise<number>): Promise<void> {
  const ended = new AbortController();
  let leave: (() => void) | undefined;
  const end = (signal: keyof typeof words) => {
    // A terminal's Ctrl-C comes twice: from the terminal, and from npm.
    if (leave) return;
    leave = () => {
      process.stderr.write(`Ended by ${words[signal]}.\n`);
      process.exit(128 + constants.signals[signal]);
    };
    ended.abort();
    setTimeout(leave, graceMs);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => end(signal));
  const { ppid } = process;
  setInterval(() => process.ppid === ppid || end("SIGHUP"), 500).unref();

  try {
    process.exitCode = await run(ended.signal);
  } catch (error) {
    if (!leave) throw error;
  }
  leave?.();
}

/** What is waited for, or a rejection as soon as the program is ended. */
export async function orEnded<T>(work: Promise<T>, ended: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const end = () => reject(new Error("The program was ended"));
  if (ended.aborted) end();
  ended.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    ended.removeEventListener("abort", end);
    // Nobody waits for it any more.
    work.catch(() => undefined);
  }
}

/** Resolves when the program is ended. */
export async function end(ended: AbortSignal): Promise<void> {
  await orEnded(new Promise(() => undefined), ended).catch(() => undefined);
}
