import type { FollowedProblem } from "../../../shared/records/account/followed-auth-config.ts";

/** Something that is wrong with a followed auth config, as it is now. */
export interface Finding extends Pick<FollowedProblem, "topic" | "kind" | "message"> {
  hint: string;
}

/** What was seen of one thing that may be wrong; `unknown`, where it could not be looked at. */
export type Seen = Finding | undefined | "unknown";

/**
 * What is to be kept of an auth config's problems once it was looked at: what goes on, as it is now; what began or ended,
 * with what is to be published of it. What could not be looked at neither begins nor ends.
 *
 * @param now ISO 8601
 */
export function nextProblems(
  before: readonly FollowedProblem[],
  seen: Readonly<Record<FollowedProblem["topic"], Seen>>,
  now: string,
): FollowedProblem[] {
  const isOpen = ({ endedAt }: FollowedProblem) => endedAt === undefined;
  const kept = before.map((problem): FollowedProblem => {
    const found = seen[problem.topic];
    if (!isOpen(problem) || found === "unknown") return problem;
    return found ? { ...problem, kind: found.kind, message: found.message } : { ...problem, endedAt: now };
  });
  const begun = Object.values(seen).flatMap((found): FollowedProblem[] => {
    if (found === undefined || found === "unknown") return [];
    if (before.some((problem) => problem.topic === found.topic && isOpen(problem))) return [];
    const { hint, ...rest } = found;
    return [{ ...rest, since: now, unpublished: { message: found.message, hint } }];
  });
  return [...kept, ...begun];
}
