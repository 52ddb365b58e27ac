import {
  type AlarmType,
  type CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
  paginateDescribeAlarms,
} from "@aws-sdk/client-cloudwatch";
import { awsPartitions } from "../../../shared/primitives/aws-partition.ts";
import { describeRefusal } from "../watchlist/refusal.ts";
import { AlarmAccountUnknownError } from "./alarm-clients.ts";
import { type AlarmState, firingAlarms, placeOf } from "./evidence.ts";
import { type MutedByRules, readMuteRules } from "./mute-rules.ts";

/**
 * Reads the present state of alarms from CloudWatch, whatever an event said; by ARN. Where it `isUrgent` all that may be
 * needed is asked at once, otherwise only what is.
 */
export type ReadAlarmStates = (
  alarmArns: readonly string[],
  options?: { isUrgent: boolean },
) => Promise<ReadonlyMap<string, AlarmState>>;

/** Most alarms that CloudWatch answers for at once. Source: DescribeAlarms, "AlarmNames". */
const mostNames = 100;

/** Source: CloudWatch API Reference, "PutMetricAlarm", "AlarmName". */
const possibleName = /^\P{Cc}{1,255}$/u;

/** Composite alarms are left out of the answer unless they are asked for. Source: DescribeAlarms, "AlarmTypes". */
const alarmTypes: AlarmType[] = ["MetricAlarm", "CompositeAlarm"];

/**
 * One question for a hundred alarms of an account and region, asked where they live: the ARN says where. An alarm that
 * could not be asked for is `UNKNOWN`, whatever the reason; `MISSING` only where its own account and region said so.
 *
 * @param clientFor the client for an alarm's region and account; may throw `AlarmAccountUnknownError`
 * @param roleArns the roles that the clients assume, by account, to say whom to grant what
 */
export function createReadAlarmStates(
  clientFor: (place: { region: string; account: string }) => CloudWatchClient,
  roleArns: Readonly<Record<string, string>> = {},
): ReadAlarmStates {
  return async (alarmArns, { isUrgent } = { isUrgent: false }) => {
    const states = new Map<string, AlarmState>();
    const places = Map.groupBy(new Set(alarmArns), placeOf);
    await Promise.all(
      [...places].map(async ([place, arns]) => {
        const [region = "", account = ""] = place.split(":");
        let reading: Promise<MutedByRules> | undefined;
        const muteRules = () => (reading ??= readMuteRules(clientFor({ region, account }), roleArns[account]));
        for (let first = 0; first < arns.length; first += mostNames) {
          const asked = arns.slice(first, first + mostNames);
          try {
            if (isUrgent) void muteRules();
            for await (const [arn, state] of statesIn(clientFor({ region, account }), asked)) states.set(arn, state);
          } catch (error) {
            // One account whose role is gone must not keep the services of all others from being reconciled.
            const because = describeRefusal(error, { action: "cloudwatch:DescribeAlarms", roleArn: roleArns[account] });
            const isLasting = error instanceof AlarmAccountUnknownError && { isLasting: true as const };
            for (const arn of asked) if (!states.has(arn)) states.set(arn, { state: "UNKNOWN", because, ...isLasting });
          }
        }
        const known = arns.flatMap((arn) => {
          const state = states.get(arn);
          return state ? [{ arn, state }] : [];
        });
        for (const { arn, state } of firingAlarms({ alarms: known })) {
          states.set(arn, { ...state, ...muteByRule(arn, await muteRules()) });
        }
        await reading;
      }),
    );
    return states;
  };
}

/** What there is of the alarms, page by page; those that are missing when all has been said. */
async function* statesIn(client: CloudWatchClient, arns: readonly string[]): AsyncGenerator<[string, AlarmState]> {
  const missing = new Set(arns);
  // No alarm can have another name, and one such name would have all others refused.
  const AlarmNames = arns.map(alarmName).filter((name) => possibleName.test(name));
  const pages = paginateDescribeAlarms({ client, pageSize: mostNames }, { AlarmNames, AlarmTypes: alarmTypes });
  if (AlarmNames.length > 0) {
    for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages) {
      for (const alarm of [...MetricAlarms, ...CompositeAlarms]) {
        const { AlarmArn } = alarm;
        if (AlarmArn !== undefined && missing.delete(AlarmArn)) yield [AlarmArn, alarmState(alarm)];
      }
    }
  }
  for (const arn of missing) yield [arn, { state: "MISSING" }];
}

function alarmState(alarm: MetricAlarm | CompositeAlarm): AlarmState {
  const { StateValue, StateReason, StateTransitionedTimestamp, StateUpdatedTimestamp } = alarm;
  if (StateValue === undefined) {
    return { state: "UNKNOWN", because: "CloudWatch names the alarm without its state" };
  }
  const muted = whyMuted(alarm);
  return {
    state: StateValue,
    reason: StateReason ?? "",
    // The other one also moves when the same state is found again.
    since: (StateTransitionedTimestamp ?? StateUpdatedTimestamp ?? new Date(0)).toISOString(),
    ...(muted !== undefined && { muted }),
  };
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

function muteByRule(arn: string, { ruleOf, unread }: MutedByRules) {
  const rule = ruleOf.get(alarmName(arn));
  if (rule !== undefined) return { muted: `the mute rule ${rule} is active` };
  return unread === undefined ? {} : { muteUnknown: unread };
}

/** A name may hold colons: it is all that follows `alarm:`. */
export function alarmName(alarmArn: string): string {
  return alarmArn.split(":").slice(6).join(":");
}

/** Where a person looks at an alarm; nothing where its partition has no console that is known. */
export function alarmLink(alarmArn: string): string | undefined {
  const [, partition, , region = ""] = alarmArn.split(":");
  const { console: domain } = awsPartitions.find(({ name }) => name === partition) ?? {};
  if (domain === undefined) return undefined;
  return `https://${region}.${domain}/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(alarmName(alarmArn))}`;
}
