import { type AlarmType, type CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";

/** What CloudWatch says of an alarm now. */
export type AlarmState =
  | {
      state: "OK" | "ALARM" | "INSUFFICIENT_DATA";
      /** CloudWatch's own words. */
      reason: string;
      /** ISO 8601. */
      since: string;
    }
  /** There is no such alarm (any more). */
  | { state: "MISSING" };

/** Asks for the present state of alarms, whatever an event said. */
export type AskAlarms = (alarmArns: readonly string[]) => Promise<ReadonlyMap<string, AlarmState>>;

/** Most alarms that CloudWatch answers for at once. Source: DescribeAlarms, "AlarmNames". */
const mostNames = 100;

/** Composite alarms are left out of the answer unless they are asked for. Source: DescribeAlarms, "AlarmTypes". */
const alarmTypes: AlarmType[] = ["MetricAlarm", "CompositeAlarm"];

/**
 * One question for all alarms of an account and region, asked where they live: the ARN says where.
 *
 * @param clientFor the client for an alarm's region and account
 */
export function createAskAlarms(
  clientFor: (place: { region: string; account: string }) => CloudWatchClient,
): AskAlarms {
  return async (alarmArns) => {
    const states = new Map<string, AlarmState>(alarmArns.map((arn) => [arn, { state: "MISSING" }]));
    const places = Map.groupBy(new Set(alarmArns), (arn) => arn.split(":").slice(3, 5).join(":"));
    await Promise.all(
      [...places].map(async ([place, arns]) => {
        const [region = "", account = ""] = place.split(":");
        const client = clientFor({ region, account });
        for (let first = 0; first < arns.length; first += mostNames) {
          const AlarmNames = arns.slice(first, first + mostNames).map(alarmName);
          const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
            new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: alarmTypes, MaxRecords: mostNames }),
          );
          for (const { AlarmArn, StateValue, StateReason, StateUpdatedTimestamp } of [
            ...MetricAlarms,
            ...CompositeAlarms,
          ]) {
            if (AlarmArn === undefined || !states.has(AlarmArn)) continue;
            states.set(AlarmArn, {
              state: StateValue ?? "INSUFFICIENT_DATA",
              reason: StateReason ?? "",
              since: (StateUpdatedTimestamp ?? new Date(0)).toISOString(),
            });
          }
        }
      }),
    );
    return states;
  };
}

/** A name may hold colons: it is all that follows `alarm:`. */
export function alarmName(alarmArn: string): string {
  return alarmArn.split(":").slice(6).join(":");
}
