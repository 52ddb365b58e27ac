import type { Reject } from "../read/rejects.ts";
import { counted } from "./words.ts";

/** A reject in a line: the event that it is, and SQS's id of it. Pure. */
export function named({ name, messageId }: Pick<Reject, "name" | "messageId">): string {
  return name === messageId ? name : `${name} (${messageId})`;
}

/**
 * How many problems a reject has, where its reason, which names the first one, does not say it all. Pure.
 *
 * @param problems as the queue keeps them: a list that found no room ends in one that counts the others, without a path
 */
export function howMany(problems: unknown, name: string): string[] {
  if (!Array.isArray(problems) || problems.length < 2) return [];
  const left = /^and (\d+) more/.exec(String((problems.at(-1) as { message?: unknown } | null)?.message))?.[1];
  const count = left === undefined ? problems.length : problems.length - 1 + Number(left);
  return [`${count} problems → rejected show ${name}`];
}

/** That a FIFO queue keeps the order of a group by not showing what stands behind. Pure. */
export function behind(hidden: number): string[] {
  return hidden > 0
    ? [
        `${about(hidden, "more reject")} ${hidden === 1 ? "stands" : "stand"} behind these, of the same accounts. SQS shows them when these are gone: redrive these, once they are mended, or drop them. Whoever has a message that stands behind need not wait: sent again (send FILE) it is carried out, and its reject can be dropped later.`,
      ]
    : [];
}

/** That what stood behind others was left as it is, where those have been dealt with. Pure. */
export function comesForward(hidden: number): string[] {
  return hidden > 0
    ? [
        `${about(hidden, "more reject")} stood behind these and ${hidden === 1 ? "was" : "were"} left. Look at what has come forward: rejected list`,
      ]
    : [];
}

/** That there is another list. Pure. */
export function besides(others: number, other: "message" | "command"): string[] {
  if (others === 0) return [];
  return [`${about(others, other)} besides → rejected list${other === "command" ? " --commands" : ""}`];
}

/** What SQS has counted, and nobody has seen. */
function about(count: number, one: string): string {
  return `About ${counted(count, one)}`;
}
