import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CloudWatchClient,
  DeleteAlarmMuteRuleCommand,
  PutAlarmMuteRuleCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch";
import { DeleteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { followOutcomes, type OutcomeFeed } from "../../../infra/local/demo/outcome-feed.ts";
import { type LocalHost, startLocalHost } from "../../../infra/local/host.ts";
import { type RingCxSimulator, startRingCxSimulator } from "../../../infra/local/ringcx-simulator/server.ts";
import { alarmTagsKey } from "../../../shared/records/sweep-progress.ts";
import { patienceMs } from "../../support/patience.ts";

/** Sweeps take some seconds, and so do retries. */
// The whole stack under its own roles: alarms through the rule and the queue, commands, the sweep.
const [accountId, busyAccountId, newAccountId] = ["123456", "223456", "323456"];
const accountIds = [accountId, busyAccountId, newAccountId];
/** Made in the admin page, before the account's login was stored. */
const seed = {
  accounts: [
    {
      accountId: newAccountId,
      groups: [
        {
          groupName: "CRM",
          services: [
            {
              serviceType: "HTTP_GET",
              serviceDescription: "new",
              httpServiceConfig: '{"url":"https://crm.example.com/"}',
              isEnabled: true,
            },
          ],
        },
      ],
    },
  ],
};
let simulator: RingCxSimulator;
let host: LocalHost;
let feed: OutcomeFeed;
let endpoint: Server;
let sqs: SQSClient;
let isUp = true;

beforeAll(async () => {
  simulator = await startRingCxSimulator({ accounts: accountIds, limit: 10_000, seed });
  endpoint = createServer((_, response) => response.writeHead(isUp ? 200 : 503).end("{}"));
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  const { url: ringcxUrl, platformUrl } = simulator;
  const login = { ringcxUrl, platformUrl };
  host = await startLocalHost({
    clockFactor: 0,
    environment: {
      name: "failover",
      region: "eu-central-1",
      accountsIn: "parameters",
      connections: [
        { ...login, name: "main", accountIds: [accountId], quota: { limit: 10_000 } },
        // A wave of messages uses it up; the reserve is for what is urgent.
        { ...login, name: "busy", accountIds: [busyAccountId], quota: { limit: 12 } },
        { ...login, name: "new", accountIds: [newAccountId] },
      ],
      probe: { allowedHosts: [hostOf(endpoint)], allowPrivateAddresses: true, allowHttp: true },
      failover: {
        recoverAfterSeconds: 0,
        probesInARow: 1,
        leastSecondsBetweenProbes: 0,
        alarmRegions: ["eu-central-1", "us-east-1"],
        guards: { blastRadius: { share: 1 } },
        commandSenders: [{ senderId: "AIDAADMINISTRATOR", accountIds }],
      },
    },
  });
  sqs = new SQSClient(host.clientConfig);
  for (const connection of ["Main", "Busy"]) await putLogin(connection);
  feed = await followOutcomes({
    clientConfig: host.clientConfig,
    topicArn: host.outputs.OutcomeTopicArn ?? "",
    onOutcome: () => {},
  });
});

afterAll(async () => {
  await feed?.stop();
  await host?.stop();
  endpoint?.close();
  await simulator?.stop();
});

async function putLogin(connection: string): Promise<void> {
  const { clientId, clientSecret, jwt } = simulator;
  const SecretId = host.outputs[`ConnectionSecretArn${connection}`] ?? "";
  const SecretString = JSON.stringify({ clientId, clientSecret, jwt });
  await new SecretsManagerClient(host.clientConfig).send(new PutSecretValueCommand({ SecretId, SecretString }));
}

function hostOf(server: Server): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let sent = 0;
async function send(queue: string, type: string, data: object, groupId?: string): Promise<string> {
  sent += 1;
  const id = `m${sent}`;
  const time = new Date().toISOString();
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: host.outputs[queue] ?? "",
      MessageBody: JSON.stringify({ specversion: "1.0", id, source: "/test", type, time, data }),
      ...(groupId && { MessageGroupId: groupId, MessageDeduplicationId: id }),
    }),
  );
  return id;
}

async function provision(serviceDescription: string, alarms: readonly string[], account = accountId): Promise<string> {
  const url = `http://${hostOf(endpoint)}/health`;
  const resources = [
    { kind: "httpServiceGroup", groupName: "CRM" },
    {
      kind: "httpService",
      groupName: "CRM",
      serviceDescription,
      serviceType: "HTTP_GET",
      httpServiceConfig: { url },
      isEnabled: true,
      validation: { method: "GET", expect: { status: 200 } },
      health: { alarms },
    },
  ];
  return send("ProvisioningQueueUrl", "ringcx.apply.v1", { accountId: account, resources }, account);
}

const outcomeOf = (id: string) =>
  feed.waitFor(`the outcome of ${id}`, ({ data }) => data.cause.id === id, patienceMs).then(({ data }) => data);

function serviceNamed(name: string, account = accountId) {
  return simulator
    .state(account)
    .groups.flatMap(({ services }) => services)
    .find(({ serviceDescription }) => serviceDescription === name);
}

async function createAlarm(AlarmName: string, { region = host.region, services = "" } = {}) {
  const cloudWatch = new CloudWatchClient({ ...host.clientConfig, region });
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      Namespace: "AWS/Route53",
      MetricName: "HealthCheckStatus",
      Statistic: "Minimum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "LessThanThreshold",
      ...(services && { Tags: [{ Key: "ringcx:services", Value: services }] }),
    }),
  );
  const arn = `arn:aws:cloudwatch:${region}:000000000000:alarm:${AlarmName}`;
  return {
    arn,
    untag: () => cloudWatch.send(new UntagResourceCommand({ ResourceARN: arn, TagKeys: ["ringcx:services"] })),
    set: (StateValue: "OK" | "ALARM" | "INSUFFICIENT_DATA") =>
      cloudWatch.send(
        new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: `${AlarmName} is ${StateValue}.` }),
      ),
  };
}

function puts(): number {
  return simulator.requests.filter(({ operation }) => operation === "setHttpServiceIsActive").length;
}

/** As if five minutes had passed since a sweep read the tags. */
async function forgetWhenTagsWereRead(): Promise<void> {
  const TableName = host.outputs.TableName ?? "";
  await new DynamoDBClient(host.clientConfig).send(
    new DeleteItemCommand({ TableName, Key: { pk: { S: alarmTagsKey.pk }, sk: { S: alarmTagsKey.sk } } }),
  );
}

/** A tick, and the sweeps that it asks for. */
async function sweep(): Promise<void> {
  await host.runSchedule("SweepSchedule");
  await host.idle();
}
const becomes = (name: string, isEnabled: boolean, account = accountId) =>
  vi.waitFor(() => expect(serviceNamed(name, account)?.isEnabled).toBe(isEnabled), {
    timeout: patienceMs,
    interval: 20,
  });

test("an outage takes a service out with one PUT despite five more events; the probe decides when it comes back", async () => {
  const alarm = await createAlarm("crm");
  expect((await outcomeOf(await provision("lookup", [alarm.arn]))).status).toBe("SUCCEEDED");
  expect(serviceNamed("lookup")?.isEnabled).toBe(true);
  simulator.clearRequests();

  isUp = false;
  await alarm.set("ALARM");
  const event = JSON.stringify({ resources: [alarm.arn] });
  const QueueUrl = host.outputs.AlarmQueueUrl ?? "";
  for (let copy = 0; copy < 5; copy += 1) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: event }));
  await becomes("lookup", false);
  await host.idle();
  expect(puts()).toBe(1);

  await alarm.set("OK");
  await sweep();
  expect(serviceNamed("lookup")?.isEnabled).toBe(false); // its probe still fails
  isUp = true;
  await alarm.set("INSUFFICIENT_DATA");
  await sweep();
  await becomes("lookup", true);
  expect(puts()).toBe(2);
  expect(host.denials).toEqual([]);
});

test("an alarm of a region of the settings: its event is brought here, and acts at once", async () => {
  const alarm = await createAlarm("route-53", { region: "us-east-1" });
  await outcomeOf(await provision("near", [alarm.arn]));
  await alarm.set("ALARM");
  await becomes("near", false);
  await alarm.set("OK");
  await sweep();
  expect(serviceNamed("near")?.isEnabled).toBe(true);
  expect(host.denials).toEqual([]);
});

test("an alarm of another region, whose events do not come here: the sweep sees it", async () => {
  const alarm = await createAlarm("health-check", { region: "ap-south-1" });
  await outcomeOf(await provision("far", [alarm.arn]));
  await alarm.set("ALARM");
  await host.idle();
  expect(serviceNamed("far")?.isEnabled).toBe(true);
  await sweep();
  expect(serviceNamed("far")?.isEnabled).toBe(false);
  await alarm.set("OK");
  await sweep();
  expect(serviceNamed("far")?.isEnabled).toBe(true);
});

test("an alarm that a rule mutes begins nothing until the rule is gone", async () => {
  const alarm = await createAlarm("quiet");
  await outcomeOf(await provision("muted", [alarm.arn]));
  const cloudWatch = new CloudWatchClient(host.clientConfig);
  const Expression = `at(${new Date(Date.now() - 120_000).toISOString().slice(0, 16)})`;
  await cloudWatch.send(
    new PutAlarmMuteRuleCommand({
      Name: "window",
      Rule: { Schedule: { Expression, Duration: "PT1H" } },
      MuteTargets: { AlarmNames: ["quiet"] },
    }),
  );
  await alarm.set("ALARM");
  await host.idle();
  await sweep();
  expect(serviceNamed("muted")?.isEnabled).toBe(true);
  await cloudWatch.send(new DeleteAlarmMuteRuleCommand({ AlarmMuteRuleName: "window" }));
  await sweep();
  expect(serviceNamed("muted")?.isEnabled).toBe(false);
  await alarm.set("OK");
  await sweep();
  expect(serviceNamed("muted")?.isEnabled).toBe(true);
  expect(host.denials).toEqual([]);
});

test("an alarm of an account without a role is reported as not asked, with what the function may do", async () => {
  const foreign = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:theirs";
  await outcomeOf(await provision("foreign", [foreign]));
  await sweep();
  const reports = () => feed.outcomes.filter(({ data: { summary } }) => summary.includes(foreign));
  await vi.waitFor(() => expect(reports()).toHaveLength(1), { timeout: patienceMs, interval: 20 });
  expect(reports()[0]?.data).toMatchObject({ status: "FAILED", summary: expect.stringMatching(/alarmReadRoleArns/) });
  await sweep();
  expect(reports()).toHaveLength(1);
  expect(host.denials).toEqual([]);
});

test("an alarm names its services by a tag", async () => {
  await outcomeOf(await provision("tagged", []));
  const [group] = simulator.state(accountId).groups;
  const services = `${accountId}/${group?.serviceGroupId}/${serviceNamed("tagged")?.serviceId}`;
  const alarm = await createAlarm("tagging", { services });
  await forgetWhenTagsWereRead();
  await sweep();
  await alarm.set("ALARM");
  await becomes("tagged", false);
  await alarm.set("OK");
  await sweep();
  await becomes("tagged", true);

  await alarm.untag();
  await forgetWhenTagsWereRead();
  await sweep();
  await alarm.set("ALARM");
  await host.idle();
  expect(serviceNamed("tagged")?.isEnabled).toBe(true);
  expect(host.denials).toEqual([]);
});

test("a command that cannot be right is kept aside", async () => {
  const data = { accountId, groupName: "CRM", serviceDescription: "lookup", by: "ada", why: "test" };
  const wrong = await send("CommandQueueUrl", "ringcx.command.v1", { command: "explode", ...data });
  expect((await outcomeOf(wrong)).status).toBe("REJECTED");
  const elsewhere = await send("CommandQueueUrl", "ringcx.command.v1", {
    command: "activate",
    ...data,
    accountId: "9",
  });
  expect((await outcomeOf(elsewhere)).summary).toContain("the sender AIDAADMINISTRATOR may not change account 9");
  expect(host.denials).toEqual([]);
});

// Its connection's secret has no value yet: that fails at once. A RingCX that does not answer would be asked until the
// invocation's deadline; intents.test.ts does that on virtual time.
test("a command that fails comes again within seconds, and is then carried out", async () => {
  const data = { accountId: newAccountId, groupName: "CRM", serviceDescription: "new", by: "ada", why: "test" };
  const id = await send("CommandQueueUrl", "ringcx.command.v1", { command: "deactivate", ...data });
  const retried = expect.objectContaining({ message: "command failed and will be retried" });
  await vi.waitFor(() => expect(host.logs).toContainEqual(retried), { timeout: patienceMs, interval: 20 });
  expect(serviceNamed("new", newAccountId)?.isEnabled).toBe(true);
  await putLogin("New");
  await becomes("new", false, newAccountId);
  expect((await outcomeOf(id)).status).toBe("SUCCEEDED");
  expect(host.denials).toEqual([]);
});

test("a command in the middle of a wave goes first", async () => {
  await outcomeOf(await provision("first", [], busyAccountId));
  const wave: string[] = [];
  for (let index = 0; index < 12; index += 1) wave.push(await provision(`wave ${index}`, [], busyAccountId));
  await vi.waitFor(() => expect(serviceNamed("wave 0", busyAccountId)).toBeDefined(), { timeout: patienceMs });

  const data = { accountId: busyAccountId, groupName: "CRM", serviceDescription: "first", by: "ada", why: "test" };
  const id = await send("CommandQueueUrl", "ringcx.command.v1", { command: "deactivate", ...data });

  expect((await outcomeOf(id)).status).toBe("SUCCEEDED");
  expect(serviceNamed("first", busyAccountId)?.isEnabled).toBe(false);
  const done = feed.outcomes.filter(({ data: { cause } }) => wave.includes(cause.id));
  expect(done.length).toBeLessThan(wave.length);
});

test("every outcome of all these tests, the sweeps' too, says for which events or run it was made, as a log line does", () => {
  const logged = new Set(
    host.logs.flatMap(({ correlationId }) => (correlationId === undefined ? [] : [correlationId].flat())),
  );
  const kinds = new Set(feed.outcomes.map(({ data }) => data.cause.type));
  expect([...kinds]).toEqual(expect.arrayContaining(["ringcx.apply.v1", "ringcx.command.v1", "ringcx.sweep"]));
  for (const { id, data } of feed.outcomes) {
    const events = [data.details?.correlationId ?? []].flat();
    expect(events, id).not.toEqual([]);
    for (const event of events) expect(logged, `${id}: ${data.summary}`).toContain(event);
  }
});
