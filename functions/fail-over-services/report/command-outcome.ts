import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import { tellAsBefore } from "../../../shared/outcomes/told-before.ts";
import type { BaseDependencies } from "../../../shared/runtime/dependencies.ts";

/**
 * Publishes what became of a change. A command has one outcome, under its own id: one that was told as done, and that a person
 * undid before that was noted, is not told as overtaken.
 *
 * @param time ISO 8601
 */
export async function publishChange(
  dependencies: Pick<BaseDependencies, "outcomes" | "table">,
  outcome: OutcomeData,
  time: string,
): Promise<void> {
  const { status, cause } = outcome;
  const isOvertaken = status === "SUPERSEDED" && cause.type === "ringcx.command.v1";
  if (isOvertaken && (await tellAsBefore(dependencies, cause))) return;
  await dependencies.outcomes.publish(outcome, time);
}
