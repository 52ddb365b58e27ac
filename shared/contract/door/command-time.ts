import type { Command } from "../command.ts";
import type { Problem } from "../outcome.ts";

/**
 * How far the clock of a sender may be ahead, in milliseconds. Of two messages, or two commands, the later `time` wins: one
 * from next year would make every other one an older one.
 */
export const mostAheadMs = 5 * 60 * 1000;

/**
 * How long a command may hold at most, in milliseconds: five years. A hold that ends in another century is one that nobody
 * remembers, and mostly a slip of the pen.
 */
export const longestHoldMs = 5 * 366 * 24 * 60 * 60 * 1000;

/**
 * What is wrong with the time of any event: it is further ahead than {@link mostAheadMs}.
 *
 * @param time ISO 8601
 * @param now epoch milliseconds
 */
export function eventTimeProblems(time: string, now: number): Problem[] {
  // Written so that a time that is none is refused.
  if (Date.parse(time) <= now + mostAheadMs) return [];
  return [
    {
      path: "time",
      message: `is more than ${mostAheadMs / 60_000} minutes ahead: it is ${instant(now)} now`,
      hint: "it is the time at which the sender meant it: look at the sender's clock and at the time's offset from UTC",
    },
  ];
}

/**
 * What is wrong with the times of a command, before it is carried out: it was not ordered in the future, and what it
 * asks for has not ended and ends within {@link longestHoldMs}. A command that waited until its `until` was over is refused
 * too.
 *
 * @param now epoch milliseconds
 */
export function commandTimeProblems(
  { time, data: { until } }: { time: string; data: Partial<Pick<Command["data"], "accountId" | "until">> },
  now: number,
): Problem[] {
  const problems = eventTimeProblems(time, now);
  const wrongEnd = until === undefined ? undefined : endProblem(Date.parse(until), now);
  return wrongEnd ? [...problems, { path: "data.until", ...wrongEnd }] : problems;
}

/**
 * What is wrong with the end of a hold, wherever it was given: it is to come, and within {@link longestHoldMs}.
 *
 * @param end epoch milliseconds; `NaN` is none
 * @param now epoch milliseconds
 */
export function endProblem(end: number, now: number): Required<Pick<Problem, "message" | "hint">> | undefined {
  if (!(end > now)) {
    return {
      message: `is over: it is ${instant(now)} now`,
      hint: "give a time to come, or order nothing: what was ordered until then has ended by itself",
    };
  }
  if (end <= now + longestHoldMs) return undefined;
  return {
    message: `is more than ${longestHoldMs / 86_400_000} days ahead: it is ${instant(now)} now`,
    hint: "give an earlier end and order it again before that; deactivate, override and hands-off need none",
  };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
