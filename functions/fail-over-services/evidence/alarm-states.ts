import {
  type AlarmType,
  type CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
  paginateDescribeAlarms,
} from "@aws-sdk/client-cloudwatch";
import { AlarmAccountUnknownError } from "./alarm-clients.ts";
import type { AlarmState } from "./evidence.ts";

/** Reads the present state of alarms from CloudWatch, whatever an event said; by ARN. */
export type ReadAlarmStates = (alarmArns: readonly string[]) => Promise<ReadonlyMap<string, AlarmState>>;

/** Most alarms that CloudWatch answers for at once. Source: DescribeAlarms, "AlarmNames". */
const mostNames = 100;

/** Composite alarms are left out of the answer unless they are asked for. Source: DescribeAlarms, "AlarmTypes". */
const alarmTypes: AlarmType[] = ["MetricAlarm", "CompositeAlarm"];

/**
 * One question for all alarms of an account and region, asked where they live: the ARN says where. An alarm that could
 * not be asked for is `UNKNOWN`, whatever the reason; `MISSING` only where its own account and region said so.
 *
 * @param clientFor the client for an alarm's region and account; may throw `AlarmAccountUnknownError`
 */
export function createReadAlarmStates(
  clientFor: (place: { region: string; account: string }) => CloudWatchClient,
): ReadAlarmStates {
  return async (alarmArns) => {
    const places = Map.groupBy(new Set(alarmArns), (arn) => arn.split(":").slice(3, 5).join(":"));
    const answers = await Promise.all(
      [...places].map(async ([place, arns]) => {
        const [region = "", account = ""] = place.split(":");
        try {
          return await statesIn(clientFor({ region, account }), arns);
        } catch (error) {
          // One account whose role is gone must not keep the services of all others from being reconciled.
          const because = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
          const isLasting = error instanceof AlarmAccountUnknownError && { isLasting: true as const };
          return arns.map((arn) => [arn, { state: "UNKNOWN", because, ...isLasting }] as const);
        }
      }),
    );
    return new Map<string, AlarmState>(answers.flat());
  };
}

async function statesIn(client: CloudWatchClient, arns: readonly string[]) {
  const states = new Map<string, AlarmState>(arns.map((arn) => [arn, { state: "MISSING" }]));
  for (let first = 0; first < arns.length; first += mostNames) {
    const AlarmNames = arns.slice(first, first + mostNames).map(alarmName);
    const pages = paginateDescribeAlarms({ client, pageSize: mostNames }, { AlarmNames, AlarmTypes: alarmTypes });
    for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages) {
      for (const alarm of [...MetricAlarms, ...CompositeAlarms]) {
        const { AlarmArn, StateValue, StateReason, StateTransitionedTimestamp, StateUpdatedTimestamp } = alarm;
        const muted = whyMuted(alarm);
        if (AlarmArn === undefined || !states.has(AlarmArn)) continue;
        if (StateValue === undefined) {
          states.set(AlarmArn, { state: "UNKNOWN", because: "CloudWatch names the alarm without its state" });
          continue;
        }
        states.set(AlarmArn, {
          state: StateValue,
          reason: StateReason ?? "",
          // The other one also moves when the same state is found again.
          since: (StateTransitionedTimestamp ?? StateUpdatedTimestamp ?? new Date(0)).toISOString(),
          ...(muted !== undefined && { muted }),
        });
      }
    }
  }
  return [...states];
}

/** Why CloudWatch takes none of an alarm's actions, in words. Source: CloudWatch API Reference, "CompositeAlarm". */
function whyMuted({ ActionsEnabled, ...composite }: MetricAlarm | CompositeAlarm): string | undefined {
  if (ActionsEnabled === false) return "its actions are disabled";
  if (!("ActionsSuppressedBy" in composite) || composite.ActionsSuppressedBy === undefined) return undefined;
  const { ActionsSuppressedBy, ActionsSuppressor = "its suppressor" } = composite;
  const words: Readonly<Record<string, string>> = {
    Alarm: `the alarm ${ActionsSuppressor} fires`,
    WaitPeriod: `it waits whether the alarm ${ActionsSuppressor} fires`,
    ExtensionPeriod: `the alarm ${ActionsSuppressor} has just cleared`,
  };
  return `its actions are suppressed: ${words[ActionsSuppressedBy] ?? ActionsSuppressedBy}`;
}

/** A name may hold colons: it is all that follows `alarm:`. */
export function alarmName(alarmArn: string): string {
  return alarmArn.split(":").slice(6).join(":");
}

/** Where a person looks at an alarm. Source: AWS Regions and endpoints, "AWS Management Console". */
export function alarmLink(alarmArn: string): string {
  const [, partition, , region = ""] = alarmArn.split(":");
  const hosts: Readonly<Record<string, string>> = { "aws-cn": "amazonaws.cn", "aws-us-gov": "amazonaws-us-gov.com" };
  const host = `${region}.console.${hosts[partition ?? ""] ?? "aws.amazon.com"}`;
  return `https://${host}/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(alarmName(alarmArn))}`;
}
