import type { OutcomeData, ToldProblem } from "../contract/outcome.ts";

/**
 * The outcome of a message or command that cannot succeed as it is. The summary says the first problem, the outcome
 * lists all.
 *
 * @param problems what is wrong, at least one
 * @param accountId where the message says it: whoever asks for an account's outcomes finds it by that alone
 */
export function rejectionOutcome(
  problems: readonly ToldProblem[],
  { cause, accountId }: { cause: OutcomeData["cause"]; accountId: string | undefined },
): OutcomeData {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return {
    status: "REJECTED",
    summary: `Rejected: ${first?.path ? `${first.path}: ` : ""}${first?.message.replace(/\.$/, "")}${more}.`,
    ...(accountId !== undefined && { accountId }),
    cause,
    problems: [...problems],
  };
}
