import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { InvalidTag } from "../watchlist/alarm-tags.ts";
import { servicesTag } from "../watchlist/find-alarm-tags.ts";
import type { ReportDependencies } from "./service-outcome.ts";

/**
 * Publishes that a tag does not do what whoever wrote it expects.
 *
 * @param since when it was noted, ISO 8601: the same mistake made again later is another one
 */
export async function publishInvalidTag(
  { outcomes, onGuardTriggered }: ReportDependencies,
  { alarmArn, value, problems }: InvalidTag,
  since: string,
): Promise<void> {
  onGuardTriggered?.();
  const outcome: OutcomeData = {
    status: "REJECTED",
    summary: `The tag ${servicesTag} of alarm ${alarmArn} is wrong: ${problems.map(({ message }) => message).join("; ")}.`,
    cause: { source: alarmArn, id: `tag/${value}/${since}`, type: "ringcx.sweep" },
    problems: problems.map((problem) => ({ path: servicesTag, ...problem })),
  };
  await outcomes.publish(outcome, since);
}
