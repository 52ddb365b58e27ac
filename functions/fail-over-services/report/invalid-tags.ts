import type { FailOverParts } from "../dependencies.ts";
import { servicesTag, type TaggedIds } from "../watchlist/alarm-tags.ts";
export function idsInWords({ accountId, serviceGroupId, serviceId }: TaggedIds): string {
  return `${accountId}/${serviceGroupId}/${serviceId}`;
}

/** Says that a tag does not do what whoever wrote it expects. */
export async function tellWrongTag(
  { outcomes, onGuard }: FailOverParts,
  alarmArn: string,
  value: string,
  problems: readonly string[],
): Promise<void> {
  onGuard?.();
  await outcomes.publish({
    status: "REJECTED",
    summary: `The tag ${servicesTag} of alarm ${alarmArn} is wrong: ${problems.join("; ")}.`,
    cause: { source: alarmArn, id: `tag/${value}`, type: "ringcx.sweep" },
    problems: problems.map((message) => ({
      path: servicesTag,
      message,
      hint: "expected accountId/serviceGroupId/serviceId, separated by spaces",
    })),
  });
}
