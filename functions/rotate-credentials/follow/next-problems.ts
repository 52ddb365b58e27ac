import type * as z from "zod";
import type { FollowedProblem } from "../../../shared/records/account/followed-auth-config.ts";
import type { toldProblemSchema } from "../../../shared/records/account/told.ts";

/** Something that is wrong, as it is now. */
export interface Finding<Topic extends string = FollowedProblem["topic"]> {
  topic: Topic;
  kind: string;
  message: string;
  /** How to mend it; `undefined` where its beginning is told by something else. */
  hint: string | undefined;
}

/**
 * What was seen of one thing that may be wrong: `unknown`, where it could not be looked at; `told`, where it is over and
 * something else tells of it.
 */
export type Seen<Topic extends string = FollowedProblem["topic"]> = Finding<Topic> | undefined | "unknown" | "told";

type Problem<Topic extends string> = z.output<typeof toldProblemSchema> & { topic: Topic };

/**
 * What is to be kept of what is wrong once it was looked at: what goes on, as it is now; what began or ended, with what is
 * to be published of it. What could not be looked at neither begins nor ends.
 *
 * @param now ISO 8601
 */
export function nextProblems<Topic extends string>(
  before: readonly Problem<Topic>[],
  seen: Readonly<Partial<Record<Topic, Seen<Topic>>>>,
  now: string,
): Problem<Topic>[] {
  const isOpen = ({ endedAt }: Problem<Topic>) => endedAt === undefined;
  const kept = before.flatMap((problem): Problem<Topic>[] => {
    const found = seen[problem.topic];
    if (!isOpen(problem) || found === "unknown") return [problem];
    if (found === "told") return [];
    // Noted and perhaps told: whoever tells it again tells the same.
    if (found && problem.unpublished) return [problem];
    return [found ? { ...problem, kind: found.kind, message: found.message } : { ...problem, endedAt: now }];
  });
  const begun = Object.values<Seen<Topic>>(seen).flatMap((found): Problem<Topic>[] => {
    if (typeof found !== "object") return [];
    if (before.some((problem) => problem.topic === found.topic && isOpen(problem))) return [];
    const { topic, kind, message, hint } = found;
    return [{ topic, kind, message, since: now, ...(hint !== undefined && { unpublished: { message, hint } }) }];
  });
  return [...kept, ...begun];
}
