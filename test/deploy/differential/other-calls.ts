import { DescribeAlarmsCommand, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import type { Aws } from "./aws.ts";
import type { Call } from "./call.ts";

const AlarmName = "differential";

const alarms = async ({ cloudwatch }: Aws, ...AlarmNames: string[]) => {
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames }));
  return MetricAlarms.map((alarm) => [alarm.AlarmName, alarm.StateValue]);
};

const setState = async ({ cloudwatch }: Aws, StateValue: "ALARM" | "OK", name = AlarmName) =>
  cloudwatch.send(new SetAlarmStateCommand({ AlarmName: name, StateValue, StateReason: "tried" }));

export const otherCalls: readonly Call[] = [
  {
    what: "an alarm of which nothing is known yet says so",
    does: async (aws) => {
      await aws.cloudwatch.send(
        new PutMetricAlarmCommand({
          ...{ AlarmName, Namespace: "CRM", MetricName: "Errors", Statistic: "Sum", Period: 60 },
          ...{ EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: "GreaterThanThreshold" },
        }),
      );
      return alarms(aws, AlarmName);
    },
    answers: [["differential", "INSUFFICIENT_DATA"]],
  },
  {
    what: "a state that is set is the alarm's",
    does: async (aws) => {
      await setState(aws, "ALARM");
      return alarms(aws, AlarmName, "none-of-ours");
    },
    answers: [["differential", "ALARM"]],
  },
  {
    what: "an alarm that is not there is left out, and cannot be set",
    does: async (aws) => {
      const set = await setState(aws, "OK", "none-of-ours").then(String, (error: Error) => error.name);
      return [await alarms(aws, "none-of-ours"), set];
    },
    answers: [[], "ResourceNotFound"],
  },
  {
    what: "parameters below a path come ten a page, with what leads to the next",
    does: async ({ ssm }) => {
      const names = Array.from({ length: 12 }, (_, index) => `/differential/main/${String(index).padStart(2, "0")}`);
      for (const Name of [...names, "/differential-other/x"])
        await ssm("PutParameter", { Name, Value: "123456", Type: "String" });
      const input = { Path: "/differential", Recursive: true, MaxResults: 10 };
      const found: string[] = [];
      const sizes: number[] = [];
      for (let NextToken: unknown, page = 0; page < 5; page += 1) {
        const { Parameters, NextToken: next } = await ssm("GetParametersByPath", { ...input, NextToken });
        found.push(...(Parameters as { Name: string }[]).map(({ Name }) => Name));
        sizes.push((Parameters as unknown[]).length);
        NextToken = next;
        if (next === undefined || next === null) break;
      }
      return [found.toSorted().join() === names.join(), sizes.every((size) => size <= 10)];
    },
    answers: [true, true],
  },
  {
    what: "more than ten a page are refused",
    does: ({ ssm }) =>
      ssm("GetParametersByPath", { Path: "/differential", Recursive: true, MaxResults: 11 }).then(() => "taken"),
    answers: "error ValidationException",
    known: { MiniStack: { answers: "taken", because: "it has no bound for a page; we ask for ten" } },
  },
  {
    what: "a parameter is not replaced unasked",
    does: ({ ssm }) => ssm("PutParameter", { Name: "/differential/main/00", Value: "1", Type: "String" }),
    answers: "error ParameterAlreadyExists",
  },
  {
    what: "an empty one is refused",
    does: ({ ssm }) =>
      ssm("PutParameter", { Name: "/differential/empty", Value: "", Type: "String" }).then(() => "taken"),
    answers: "error ValidationException",
    known: { MiniStack: { answers: "taken", because: "it takes any text; people put these, and AWS checks them" } },
  },
];
