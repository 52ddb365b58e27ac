import * as z from "zod";
import { type AwsService, AwsServiceError } from "../gateway/aws-request.ts";
import { jsonResponse } from "../gateway/aws-response.ts";
import type { Alarm, Alarms } from "./alarms.ts";
import { muteRuleInputs } from "./mute-rules.ts";

const tagsSchema = z.array(z.object({ Key: z.string(), Value: z.string() })).default([]);
const pairs = (tags: z.output<typeof tagsSchema>) => tags.map(({ Key, Value }) => [Key, Value] as const);

const describeInput = z.object({
  AlarmNames: z.array(z.string()).optional(),
  AlarmNamePrefix: z.string().optional(),
  AlarmTypes: z.array(z.enum(["MetricAlarm", "CompositeAlarm"])).default(["MetricAlarm"]),
  StateValue: z.enum(["OK", "ALARM", "INSUFFICIENT_DATA"]).optional(),
  MaxRecords: z.number().int().min(1).max(100).default(50),
  NextToken: z.string().optional(),
});

function described(alarm: Alarm, alarms: Alarms) {
  const updated = alarm.stateUpdatedAt.getTime() / 1000;
  return {
    ActionsEnabled: true,
    ...alarm.definition,
    ...alarms.suppression(alarm),
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    StateReasonData: alarm.stateReasonData,
    StateUpdatedTimestamp: updated,
    StateTransitionedTimestamp: updated,
  };
}

function describeAlarms(alarms: Alarms, input: unknown) {
  const { AlarmNames, AlarmNamePrefix, AlarmTypes, StateValue, MaxRecords, NextToken } = describeInput.parse(input);
  const kinds = AlarmTypes.map((type) => (type === "MetricAlarm" ? "metric" : "composite"));
  const found = alarms
    .all()
    .filter(({ kind }) => kinds.includes(kind))
    .filter(({ name }) => AlarmNames?.includes(name) ?? true)
    .filter(({ name }) => name.startsWith(AlarmNamePrefix ?? ""))
    .filter(({ state }) => StateValue === undefined || state === StateValue);
  const start = NextToken === undefined ? 0 : found.findIndex(({ name }) => name === NextToken);
  if (start < 0) throw new AwsServiceError("InvalidNextToken", "Invalid NextToken");
  const page = found.slice(start, start + MaxRecords);
  const of = (kind: Alarm["kind"]) =>
    page.filter((alarm) => alarm.kind === kind).map((alarm) => described(alarm, alarms));
  return {
    MetricAlarms: of("metric"),
    CompositeAlarms: of("composite"),
    NextToken: found[start + MaxRecords]?.name,
  };
}

const namesInput = z.object({ AlarmNames: z.array(z.string()) });

/** CloudWatch's operations by name. */
export const operations: Readonly<Record<string, (input: unknown, alarms: Alarms) => unknown>> = {
  DescribeAlarms: (input, alarms) => describeAlarms(alarms, input),
  PutMetricAlarm(input, alarms) {
    const { AlarmName, Tags, ...definition } = z
      .looseObject({ AlarmName: z.string().min(1), Tags: tagsSchema })
      .parse(input);
    alarms.put(AlarmName, "metric", definition, pairs(Tags));
  },
  PutCompositeAlarm(input, alarms) {
    const { AlarmName, Tags, ...definition } = z
      .looseObject({ AlarmName: z.string().min(1), AlarmRule: z.string(), Tags: tagsSchema })
      .parse(input);
    alarms.put(AlarmName, "composite", definition, pairs(Tags));
  },
  SetAlarmState(input, alarms) {
    const schema = z.object({
      AlarmName: z.string(),
      StateValue: z.enum(["OK", "ALARM", "INSUFFICIENT_DATA"]),
      StateReason: z.string(),
      StateReasonData: z.string().optional(),
    });
    const { AlarmName, StateValue, StateReason, StateReasonData } = schema.parse(input);
    alarms.setState(AlarmName, StateValue, StateReason, StateReasonData);
  },
  DeleteAlarms(input, alarms) {
    for (const name of namesInput.parse(input).AlarmNames) alarms.delete(name);
  },
  EnableAlarmActions(input, alarms) {
    for (const name of namesInput.parse(input).AlarmNames) alarms.enableActions(name, true);
  },
  DisableAlarmActions(input, alarms) {
    for (const name of namesInput.parse(input).AlarmNames) alarms.enableActions(name, false);
  },
  PutAlarmMuteRule(input, { muteRules }) {
    muteRules.put(muteRuleInputs.put.parse(input));
  },
  DeleteAlarmMuteRule(input, { muteRules }) {
    muteRules.delete(muteRuleInputs.named.parse(input).AlarmMuteRuleName);
  },
  GetAlarmMuteRule(input, alarms) {
    const { AlarmMuteRuleName } = muteRuleInputs.named.parse(input);
    const rule = alarms.muteRules.get(AlarmMuteRuleName);
    if (rule) return { ...rule, AlarmMuteRuleArn: alarms.muteRuleArn(AlarmMuteRuleName) };
    throw new AwsServiceError("ResourceNotFoundException", `Unknown alarm mute rule: ${AlarmMuteRuleName}`, 404);
  },
  ListAlarmMuteRules(input, alarms) {
    const found = alarms.muteRules.list(muteRuleInputs.list.parse(input), Date.now());
    return { AlarmMuteRuleSummaries: found.map(({ Name }) => ({ AlarmMuteRuleArn: alarms.muteRuleArn(Name) })) };
  },
  TagResource(input, alarms) {
    const { ResourceARN, Tags } = z.object({ ResourceARN: z.string(), Tags: tagsSchema }).parse(input);
    const { tags } = alarms.byArn(ResourceARN);
    for (const [key, value] of pairs(Tags)) tags.set(key, value);
  },
  UntagResource(input, alarms) {
    const { ResourceARN, TagKeys } = z.object({ ResourceARN: z.string(), TagKeys: z.array(z.string()) }).parse(input);
    for (const key of TagKeys) alarms.byArn(ResourceARN).tags.delete(key);
  },
  ListTagsForResource(input, alarms) {
    const { tags } = alarms.byArn(z.object({ ResourceARN: z.string() }).parse(input).ResourceARN);
    return { Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
  },
  // Metrics reach CloudWatch through the log in AWS; a function that puts some directly may do so.
  PutMetricData: () => undefined,
};

/**
 * CloudWatch's alarms over HTTP, in the JSON protocol of the current SDK.
 *
 * @param alarmsIn the alarms of a region
 */
export function cloudWatchService(alarmsIn: (region: string) => Alarms): AwsService {
  return ({ operation, input, region }) => {
    const perform = operations[operation];
    if (!perform) {
      throw new AwsServiceError("InvalidAction", `The local host's CloudWatch has no operation ${operation}.`);
    }
    try {
      return jsonResponse(perform(input, alarmsIn(region)));
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      throw new AwsServiceError("ValidationError", `${operation}: ${z.prettifyError(error)}`);
    }
  };
}
