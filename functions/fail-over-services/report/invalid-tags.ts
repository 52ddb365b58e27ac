import type { InvalidTag } from "../watchlist/alarm-tags.ts";
import { servicesTag } from "../watchlist/find-alarm-tags.ts";
import type { ReportDependencies } from "./service-outcome.ts";

/** Publishes that a tag does not do what whoever wrote it expects. */
export async function publishInvalidTag(
  { outcomes, onGuardTriggered }: ReportDependencies,
  { alarmArn, value, problems }: InvalidTag,
): Promise<void> {
  onGuardTriggered?.();
  await outcomes.publish({
    status: "REJECTED",
    summary: `The tag ${servicesTag} of alarm ${alarmArn} is wrong: ${problems.map(({ message }) => message).join("; ")}.`,
    cause: { source: alarmArn, id: `tag/${value}`, type: "ringcx.sweep" },
    problems: problems.map((problem) => ({ path: servicesTag, ...problem })),
  });
}
