import * as z from "zod";
import { physicalName, type ResourceKind, resourceKind } from "./resource-kind.ts";

const alarmSchema = z.looseObject({
  AlarmName: z.string().optional(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
});

/** An alarm that can be described and set. Its metric is not measured, and its actions are not taken. */
function alarmKind(kind: "metric" | "composite"): ResourceKind {
  return resourceKind(alarmSchema, ({ AlarmName, Tags, ...definition }, logicalId, host) => {
    const name = AlarmName ?? physicalName(logicalId, host, 255);
    const tags = Tags.map(({ Key, Value }) => [Key, Value] as const);
    const { arn } = host.alarms.put(name, kind, definition, tags);
    return { ref: name, attributes: { Arn: arn } };
  });
}

export const metricAlarm = alarmKind("metric");
export const compositeAlarm = alarmKind("composite");
