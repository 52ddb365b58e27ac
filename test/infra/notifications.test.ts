import {
  CloudWatchClient,
  DeleteAlarmMuteRuleCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  PutAlarmMuteRuleCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AlarmId, type Urgency, urgencyOf } from "../../infra/constructs/operations/alarm-urgency.ts";
import { type LocalHost, startLocalHost } from "../../infra/local/host.ts";
import { runs } from "../support/runs.ts";
import { plainEnvironment } from "./synthesized.ts";

// The deployed template's own alarms, topics, key and policies, with a queue in the place of a person.
let host: LocalHost;
let cloudWatch: CloudWatchClient;
let sqs: SQSClient;
const alarmIds = Object.keys(urgencyOf) as AlarmId[];
const names = new Map<AlarmId, string>();

beforeAll(async () => {
  // Accounts as parameters have an alarm of their own.
  const environment = { ...plainEnvironment, accountsIn: "parameters" as const };
  host = await startLocalHost({ environment, clockFactor: 0 });
  cloudWatch = new CloudWatchClient(host.clientConfig);
  sqs = new SQSClient(host.clientConfig);
  const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ MaxRecords: 100 }));
  for (const id of alarmIds) {
    const pattern = new RegExp(`-Operations${id}[0-9A-F]{8}$`);
    names.set(id, MetricAlarms.find(({ AlarmName = "" }) => pattern.test(AlarmName))?.AlarmName ?? "");
  }
  const sns = new SNSClient(host.clientConfig);
  for (const [urgency, output] of [
    ["page", "PageTopicArn"],
    ["ticket", "TicketTopicArn"],
  ] as const) {
    await sqs.send(new CreateQueueCommand({ QueueName: `on-call-${urgency}` }));
    const Endpoint = `arn:aws:sqs:eu-central-1:000000000000:on-call-${urgency}`;
    const Attributes = { RawMessageDelivery: "true" };
    await sns.send(new SubscribeCommand({ TopicArn: host.outputs[output], Protocol: "sqs", Endpoint, Attributes }));
  }
});

afterAll(() => host?.stop());

async function set(id: AlarmId, StateValue: "OK" | "ALARM"): Promise<void> {
  await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: names.get(id), StateValue, StateReason: "test" }));
}

/** What a person of this urgency was told since the last time, as `name: OLD -> NEW`. */
async function told(urgency: Urgency): Promise<string[]> {
  await host.idle();
  const QueueUrl = `${host.endpoint}/000000000000/on-call-${urgency}`;
  const all: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return all;
    for (const { Body = "" } of Messages) {
      const { AlarmName, OldStateValue, NewStateValue, AlarmDescription } = JSON.parse(Body);
      expect(AlarmDescription).toMatch(/docs\/runbook\.md#/);
      all.push(`${AlarmName}: ${OldStateValue} -> ${NewStateValue}`);
    }
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

test("a second problem is told while a first one lasts, and so is the end of each", async () => {
  await set("EdgesNotPermitted", "ALARM");
  await told("page");
  await set("TokenRenewalFailed", "ALARM");
  expect(await told("page")).toEqual([`${names.get("TokenRenewalFailed")}: INSUFFICIENT_DATA -> ALARM`]);
  await set("EdgesNotPermitted", "OK");
  expect(await told("page")).toEqual([`${names.get("EdgesNotPermitted")}: ALARM -> OK`]);
  expect(await told("ticket")).toEqual([]);
});

test("whatever the order: each change of each alarm is told once, to those of its urgency", async () => {
  const change = fc.tuple(fc.constantFrom(...alarmIds), fc.constantFrom("OK" as const, "ALARM" as const));
  const states = new Map<AlarmId, string>([
    ["EdgesNotPermitted", "OK"],
    ["TokenRenewalFailed", "ALARM"],
  ]);
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
      const expected: Record<Urgency, string[]> = { page: [], ticket: [] };
      for (const [id, state] of changes) {
        const before = states.get(id) ?? "INSUFFICIENT_DATA";
        if (state !== before) expected[urgencyOf[id]].push(`${names.get(id)}: ${before} -> ${state}`);
        states.set(id, state);
        await set(id, state);
      }
      for (const urgency of ["page", "ticket"] as const) {
        expect((await told(urgency)).sort()).toEqual(expected[urgency].sort());
      }
    }),
    { numRuns: runs(15) },
  );
  expect(host.denials).toEqual([]);
});

test("who mutes one alarm for a maintenance hears of all others", async () => {
  const AlarmNames = [names.get("SweepNotRunning") ?? "", names.get("GuardTriggered") ?? ""];
  for (const id of ["SweepNotRunning", "GuardTriggered", "ItemsUnreadable"] as const) await set(id, "OK");
  await told("page");
  await cloudWatch.send(new DisableAlarmActionsCommand({ AlarmNames: AlarmNames.slice(0, 1) }));
  const Schedule = { Expression: `at(${new Date(Date.now() - 60_000).toISOString().slice(0, 16)})`, Duration: "PT1H" };
  const MuteTargets = { AlarmNames: AlarmNames.slice(1) };
  await cloudWatch.send(new PutAlarmMuteRuleCommand({ Name: "maintenance", Rule: { Schedule }, MuteTargets }));
  for (const id of ["SweepNotRunning", "GuardTriggered", "ItemsUnreadable"] as const) await set(id, "ALARM");
  expect(await told("page")).toEqual([`${names.get("ItemsUnreadable")}: OK -> ALARM`]);
  await cloudWatch.send(new EnableAlarmActionsCommand({ AlarmNames }));
  await cloudWatch.send(new DeleteAlarmMuteRuleCommand({ AlarmMuteRuleName: "maintenance" }));
});

test.each([
  ["page", "TestPageCommand"],
  ["ticket", "TestTicketCommand"],
] as const)("the command of the outputs that tests it (%s) names an alarm of that urgency", async (urgency, output) => {
  const command = host.outputs[output] ?? "";
  const parameters = Object.fromEntries(
    [...command.matchAll(/--([a-z-]+) (\S+)/g)].map(([, name, value]) => [name, value]),
  );
  expect(command).toMatch(
    /^aws cloudwatch set-alarm-state --region eu-central-1 --alarm-name \S+ --state-value ALARM /,
  );
  const AlarmName = parameters["alarm-name"];
  const alarm = alarmIds.find((id) => names.get(id) === AlarmName);
  expect(alarm && urgencyOf[alarm]).toBe(urgency);
});
