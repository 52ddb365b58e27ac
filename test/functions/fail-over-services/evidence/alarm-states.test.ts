import {
  CloudWatchClient,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { Stack } from "aws-cdk-lib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { alarmName, createReadAlarmStates } from "../../../../functions/fail-over-services/evidence/alarm-states.ts";
import type { LocalHost } from "../../../../infra/local/local-host.ts";
import { startStackHost } from "../../../../infra/local/stack-host.ts";

let host: LocalHost;
let cloudWatch: CloudWatchClient;
const asked: { region: string; account: string }[] = [];

beforeAll(async () => {
  host = await startStackHost((app) => new Stack(app, "Alarms"));
  cloudWatch = new CloudWatchClient(host.clientConfig);
});
afterAll(() => host.stop());

const readAlarmStates = createReadAlarmStates((place) => {
  asked.push(place);
  return cloudWatch;
});
const arnOf = (name: string, region = host.region) => `arn:aws:cloudwatch:${region}:000000000000:alarm:${name}`;

async function createAlarm(AlarmName: string): Promise<void> {
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
    }),
  );
}

test("metric and composite alarms are asked for at once, one that is not there is missing", async () => {
  await createAlarm("metric");
  await cloudWatch.send(new PutCompositeAlarmCommand({ AlarmName: "composite", AlarmRule: "ALARM(metric)" }));
  await cloudWatch.send(
    new SetAlarmStateCommand({ AlarmName: "composite", StateValue: "ALARM", StateReason: "the metric is high" }),
  );
  const states = await readAlarmStates([arnOf("metric"), arnOf("composite"), arnOf("gone"), arnOf("composite")]);
  expect(states.get(arnOf("metric"))).toMatchObject({ state: "INSUFFICIENT_DATA" });
  expect(states.get(arnOf("composite"))).toMatchObject({ state: "ALARM", reason: "the metric is high" });
  expect(states.get(arnOf("gone"))).toEqual({ state: "MISSING" });
});

test("more alarms than one answer holds are asked for in turns", async () => {
  const names = Array.from({ length: 103 }, (_, index) => `many-${index}`);
  await Promise.all(names.map(createAlarm));
  const states = await readAlarmStates(names.map((name) => arnOf(name)));
  expect([...states.values()].every(({ state }) => state !== "MISSING")).toBe(true);
});

test("an alarm is asked for where its ARN says that it lives; no alarms, no question", async () => {
  asked.length = 0;
  await readAlarmStates([arnOf("crm", "us-east-1"), arnOf("crm", "eu-west-1"), arnOf("db", "us-east-1")]);
  expect(asked).toEqual([
    { region: "us-east-1", account: "000000000000" },
    { region: "eu-west-1", account: "000000000000" },
  ]);
  asked.length = 0;
  await readAlarmStates([]);
  expect(asked).toEqual([]);
});

test("mute rules are asked for beside the state where it is urgent, otherwise only where an alarm fires", async () => {
  await createAlarm("rules");
  const client = new CloudWatchClient(host.clientConfig);
  const started: string[] = [];
  const answered: string[] = [];
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        started.push(`${commandName} after ${answered.length}`);
        const answer = await next(args);
        answered.push(commandName ?? "");
        return answer;
      },
    { step: "initialize" },
  );
  const read = createReadAlarmStates(() => client);
  const startedBy = async (isUrgent: boolean) => {
    await read([arnOf("rules")], { isUrgent });
    answered.length = 0;
    return started.splice(0);
  };
  expect((await startedBy(true)).sort()).toEqual([
    "DescribeAlarmsCommand after 0",
    "ListAlarmMuteRulesCommand after 0",
  ]);
  expect(await startedBy(false)).toEqual(["DescribeAlarmsCommand after 0"]);
  await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: "rules", StateValue: "ALARM", StateReason: "x" }));
  expect(await startedBy(false)).toEqual(["DescribeAlarmsCommand after 0", "ListAlarmMuteRulesCommand after 1"]);
});

test("a name may hold colons", () => {
  expect(alarmName("arn:aws:cloudwatch:eu-west-1:000000000000:alarm:team:crm:health")).toBe("team:crm:health");
});

test("a name that no alarm can have is missing, and has no other refused", async () => {
  await createAlarm("fine");
  const states = await readAlarmStates([arnOf("x".repeat(256)), arnOf("a\u0007b"), arnOf("fine")]);
  expect([...states.values()].map(({ state }) => state).sort()).toEqual(["INSUFFICIENT_DATA", "MISSING", "MISSING"]);
});

test("what was answered before a refusal is known, and only the rest is unknown", async () => {
  const names = Array.from({ length: 103 }, (_, index) => `part-${index}`);
  await createAlarm("part-1");
  await createAlarm("part-102");
  let asked = 0;
  const client = Object.create(cloudWatch) as CloudWatchClient;
  const refuseSecond = createReadAlarmStates(() => {
    asked += 1;
    if (asked === 2) throw new Error("Rate exceeded");
    return client;
  });
  const states = await refuseSecond(names.map((name) => arnOf(name)));
  expect(states.get(arnOf("part-1"))).toMatchObject({ state: "INSUFFICIENT_DATA" });
  expect(states.get(arnOf("part-2"))).toEqual({ state: "MISSING" });
  expect(states.get(arnOf("part-102"))).toEqual({ state: "UNKNOWN", because: "Error: Rate exceeded" });
});
