import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  ListTagsForResourceCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  ResourceNotFound,
  SetAlarmStateCommand,
  TagResourceCommand,
} from "@aws-sdk/client-cloudwatch";
import { Duration, Stack } from "aws-cdk-lib";
import { Alarm, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalHost } from "../../../../infra/local/local-host.ts";
import { startStackHost } from "../../../../infra/local/stack-host.ts";

let host: LocalHost;
let cloudWatch: CloudWatchClient;

beforeAll(async () => {
  host = await startStackHost((app) => {
    const stack = new Stack(app, "Alarms");
    const metric = new Metric({ namespace: "n", metricName: "m", period: Duration.minutes(1) });
    new Alarm(stack, "OfTheStack", { alarmName: "of-the-stack", metric, threshold: 1, evaluationPeriods: 1 });
    return stack;
  });
  cloudWatch = new CloudWatchClient(host.clientConfig);
  for (const AlarmName of ["a", "b", "c"]) {
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        Namespace: "n",
        MetricName: "m",
        Period: 60,
        Statistic: "Sum",
        ComparisonOperator: "GreaterThanThreshold",
        EvaluationPeriods: 1,
        Threshold: 1,
        Tags: [{ Key: "ringcx:services", Value: "x" }],
      }),
    );
  }
  await cloudWatch.send(new PutCompositeAlarmCommand({ AlarmName: "all", AlarmRule: "ALARM(a) OR ALARM(b)" }));
});

afterAll(() => host.stop());

describe("CloudWatch", () => {
  it("describes the alarms that are asked for, those of the template among them", async () => {
    const AlarmNames = ["a", "of-the-stack", "missing"];
    const { MetricAlarms = [], CompositeAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames }));
    expect(MetricAlarms.map(({ AlarmName }) => AlarmName)).toEqual(["a", "of-the-stack"]);
    expect(MetricAlarms[0]).toMatchObject({ StateValue: "INSUFFICIENT_DATA", Threshold: 1 });
    expect(MetricAlarms[0]?.StateUpdatedTimestamp).toBeInstanceOf(Date);
    expect(CompositeAlarms).toEqual([]);
  });

  it("leaves composite alarms out unless their type is asked for", async () => {
    const AlarmNames = ["all"];
    const without = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames }));
    expect(without.MetricAlarms).toEqual([]);
    const AlarmTypes = ["MetricAlarm" as const, "CompositeAlarm" as const];
    const { CompositeAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames, AlarmTypes }));
    expect(CompositeAlarms).toMatchObject([{ AlarmName: "all", AlarmRule: "ALARM(a) OR ALARM(b)" }]);
  });

  it("answers page by page", async () => {
    const names: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await cloudWatch.send(new DescribeAlarmsCommand({ MaxRecords: 2, NextToken }));
      names.push(...(page.MetricAlarms ?? []).map(({ AlarmName }) => AlarmName));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(names).toEqual(["a", "b", "c", "of-the-stack"]);
  });

  it("keeps the state that is set, and says so", async () => {
    await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: "b", StateValue: "ALARM", StateReason: "down" }));
    const { MetricAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({ StateValue: "ALARM" }));
    expect(MetricAlarms).toMatchObject([{ AlarmName: "b", StateReason: "down" }]);
    const unknown = cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName: "missing", StateValue: "OK", StateReason: "x" }),
    );
    await expect(unknown).rejects.toBeInstanceOf(ResourceNotFound);
  });

  it("knows in another region other alarms", async () => {
    const elsewhere = new CloudWatchClient({ ...host.clientConfig, region: "eu-west-1" });
    const { MetricAlarms } = await elsewhere.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms).toEqual([]);
  });

  it("keeps tags, and forgets alarms that are deleted", async () => {
    const ResourceARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:c";
    await cloudWatch.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: "k", Value: "v" }] }));
    const { Tags } = await cloudWatch.send(new ListTagsForResourceCommand({ ResourceARN }));
    expect(Tags).toEqual([
      { Key: "ringcx:services", Value: "x" },
      { Key: "k", Value: "v" },
    ]);
    await cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: ["c"] }));
    const { MetricAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: ["c"] }));
    expect(MetricAlarms).toEqual([]);
  });

  it("says whether an alarm's actions are enabled", async () => {
    const isEnabled = async () =>
      (await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: ["a"] }))).MetricAlarms?.[0]?.ActionsEnabled;
    expect(await isEnabled()).toBe(true);
    await cloudWatch.send(new DisableAlarmActionsCommand({ AlarmNames: ["a"] }));
    expect(await isEnabled()).toBe(false);
    await cloudWatch.send(new EnableAlarmActionsCommand({ AlarmNames: ["a"] }));
    expect(await isEnabled()).toBe(true);
  });

  it("suppresses the actions of a composite alarm while it waits, while its suppressor fires, and for a while after", async () => {
    const put = (ActionsSuppressorWaitPeriod: number, ActionsSuppressorExtensionPeriod: number) =>
      cloudWatch.send(
        new PutCompositeAlarmCommand({
          AlarmName: "suppressed",
          AlarmRule: "ALARM(a)",
          ActionsSuppressor: "of-the-stack",
          ActionsSuppressorWaitPeriod,
          ActionsSuppressorExtensionPeriod,
        }),
      );
    const set = (AlarmName: string, StateValue: "ALARM" | "OK") =>
      cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "x" }));
    const suppressedBy = async () => {
      const input = { AlarmNames: ["suppressed"], AlarmTypes: ["CompositeAlarm" as const] };
      return (await cloudWatch.send(new DescribeAlarmsCommand(input))).CompositeAlarms?.[0]?.ActionsSuppressedBy;
    };
    await put(600, 600);
    await set("suppressed", "ALARM");
    expect(await suppressedBy()).toBe("WaitPeriod");
    await set("of-the-stack", "ALARM");
    expect(await suppressedBy()).toBe("Alarm");
    await set("of-the-stack", "OK");
    expect(await suppressedBy()).toBe("ExtensionPeriod");
    await put(0, 0);
    expect(await suppressedBy()).toBeUndefined();
  });
});
