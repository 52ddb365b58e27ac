import type { AlarmType } from "@aws-sdk/client-cloudwatch";
import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import type { Environment } from "../environment/environment.ts";

/** What CloudWatch says of an alarm now. */
export interface AlarmNow {
  arn: string;
  name: string;
  /** CloudWatch's word; `MISSING` where there is none, `UNKNOWN` where it could not be asked. */
  state: string;
  /** ISO 8601. */
  since?: string;
  reason?: string;
  /** Whether its actions are off, so that failover does not listen. */
  isMuted?: boolean;
}

const alarmTypes: AlarmType[] = ["MetricAlarm", "CompositeAlarm"];

/** Asks for alarms where their ARNs say that they live. Those of other AWS accounts need a role, which people have not. */
export async function readAlarms(environment: Environment, arns: readonly string[]): Promise<AlarmNow[]> {
  return Promise.all([...new Set(arns)].map((arn) => readAlarm(environment, arn)));
}

async function readAlarm(environment: Environment, arn: string): Promise<AlarmNow> {
  const [, , , region = "", , , ...rest] = arn.split(":");
  const name = rest.join(":");
  try {
    const { MetricAlarms = [], CompositeAlarms = [] } = await environment
      .cloudWatchIn(region)
      .send(new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: alarmTypes }));
    const found = [...MetricAlarms, ...CompositeAlarms].find(({ AlarmArn }) => AlarmArn === arn);
    if (!found) return { arn, name, state: "MISSING" };
    const { StateValue = "UNKNOWN", StateTransitionedTimestamp, StateUpdatedTimestamp, StateReason } = found;
    const since = (StateTransitionedTimestamp ?? StateUpdatedTimestamp)?.toISOString();
    return {
      arn,
      name,
      state: StateValue,
      ...(since !== undefined && { since }),
      ...(StateReason !== undefined && { reason: StateReason }),
      isMuted: found.ActionsEnabled === false,
    };
  } catch (error) {
    return { arn, name, state: "UNKNOWN", reason: error instanceof Error ? error.name : "it could not be asked" };
  }
}
