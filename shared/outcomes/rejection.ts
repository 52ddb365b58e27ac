import type { OutcomeData, ToldProblem } from "../contract/outcome.ts";
import { sentence } from "../primitives/sentence.ts";

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
  const told = first?.message ?? "";
  const words = problems.length > 1 ? `${told.replace(/\.$/, "")} (and ${problems.length - 1} more)` : told;
  return {
    status: "REJECTED",
    summary: `Rejected: ${first?.path ? `${first.path}: ` : ""}${sentence(words)}`,
    ...(accountId !== undefined && { accountId }),
    cause,
    problems: [...problems],
  };
}
