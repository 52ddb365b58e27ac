import type * as z from "zod";
import type { FollowedProblem } from "../../../shared/records/account/followed-auth-config.ts";
import type { toldProblemSchema } from "../../../shared/records/account/told.ts";

/** Something that is wrong, as it is now. */
export interface Finding<Topic extends string = FollowedProblem["topic"]> {
  topic: Topic;
  kind: string;
  message: string;
  /** Which one of its topic it is, where there are several, one after the other: a version. */
  about?: string;
  /** How to mend it; `undefined` where its beginning is told by something else. */
  hint: string | undefined;
}

/**
 * What was seen of one thing that may be wrong: `unknown`, where it could not be looked at; `told`, where it is over and
 * something else tells of it.
 */
export type Seen<Topic extends string = FollowedProblem["topic"]> = Finding<Topic> | undefined | "unknown" | "told";

type Problem<Topic extends string> = z.output<typeof toldProblemSchema> & { topic: Topic };

/** What was seen, by what it is about. What is not in it was not looked at. */
export type SeenOf<Topic extends string> = Readonly<Partial<Record<Topic, Seen<Topic>>>>;

/**
 * What is to be kept of what is wrong once it was looked at: what goes on, as it is now; what began or ended, with what is
 * to be published of it. What was not looked at, or could not be, neither begins nor ends.
 *
 * @param now ISO 8601
 */
export function nextProblems<Topic extends string>(
  before: readonly Problem<Topic>[],
  seen: SeenOf<Topic>,
  now: string,
): Problem<Topic>[] {
  const kept = before.flatMap((problem): Problem<Topic>[] => {
    const found = problem.topic in seen ? seen[problem.topic] : "unknown";
    if (!isOpen(problem) || found === "unknown") return [problem];
    if (found === "told") return [];
    // Another one of its topic: whoever told of that has told that it came after this.
    if (found && !isSame(problem, found)) return [];
    // Noted and perhaps told: whoever tells it again tells the same.
    if (found && problem.unpublished) return [problem];
    return [found ? { ...problem, ...wordsOf(found) } : { ...problem, endedAt: now }];
  });
  const begun = Object.values<Seen<Topic>>(seen).flatMap((found): Problem<Topic>[] => {
    if (typeof found !== "object") return [];
    if (before.some((problem) => problem.topic === found.topic && isOpen(problem) && isSame(problem, found))) return [];
    const { topic, message, hint } = found;
    return [{ topic, ...wordsOf(found), since: now, ...(hint !== undefined && { unpublished: { message, hint } }) }];
  });
  return [...kept, ...begun];
}

/** Whether anything would begin or end by what was seen: that is looked at again, as it is now, before it is believed. */
export function isTurn<Topic extends string>(before: readonly Problem<Topic>[], seen: SeenOf<Topic>): boolean {
  const open = new Set(before.filter(isOpen).map(({ topic }) => topic));
  return Object.entries<Seen<Topic>>(seen).some(([topic, found]) =>
    open.has(topic as Topic) ? isOver(found) : typeof found === "object",
  );
}

/**
 * What a second look leaves of the first: what both say. A run sees the secrets as they were when it began, and another run
 * may have told something newer meanwhile; Secrets Manager's list may be older still.
 */
export function agreed<Topic extends string>(first: SeenOf<Topic>, second: SeenOf<Topic>): SeenOf<Topic> {
  const both = Object.entries<Seen<Topic>>(first).map(([key, before]): [string, Seen<Topic>] => {
    const topic = key as Topic;
    const now = topic in second ? second[topic] : "unknown";
    const isSame = (isOver(before) && isOver(now)) || (typeof before === "object" && typeof now === "object");
    return [topic, isSame ? now : "unknown"];
  });
  return Object.fromEntries(both) as SeenOf<Topic>;
}

function isSame(problem: { about?: string | undefined }, found: Finding<string>): boolean {
  return problem.about === undefined || found.about === undefined || problem.about === found.about;
}

function wordsOf({ kind, message, about }: Finding<string>) {
  return { kind, message, ...(about !== undefined && { about }) };
}

function isOpen({ endedAt }: { endedAt?: string | undefined }): boolean {
  return endedAt === undefined;
}

function isOver(seen: Seen<string>): boolean {
  return seen === undefined || seen === "told";
}
