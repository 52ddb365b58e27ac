import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeTableCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { EnvironmentInput } from "../../infra/environments.ts";
import { type CrmEndpoint, startCrmEndpoint } from "../../infra/local/demo/crm-endpoint.ts";
import { followOutcomes, type OutcomeFeed } from "../../infra/local/demo/outcome-feed.ts";
import { type RingCxSimulator, startRingCxSimulator } from "../../infra/local/ringcx-simulator/server.ts";
import { applyMessage, authConfig, crmSecret, group, service } from "../functions/provision-services/fixture.ts";
import { alarmEvent, callAws, raise, targetsOf } from "./aws-events.ts";
import { type Cdk, cdkFor, credentials } from "./cdk.ts";
import { plainEnvironment, putLogin } from "./plain-environment.ts";
import { runSmoke } from "./smoke.ts";

/**
 * The stack, deployed by the real CDK command line to an emulator that knows nothing of this project, doing its three
 * jobs there. What the emulator (MiniStack, in the version of requirements.txt) cannot do, and what stands in for it:
 *
 * - IAM: it checks no permission. The local host evaluates every role in `npm test`.
 * - `AWS::CloudWatch::CompositeAlarm`: it does not know the type, and refuses a template with one; `app.ts` leaves the
 *   only one that we have out. Nothing stands in for it.
 * - Alarms raise no events, and only AWS itself may put `aws.cloudwatch` on a bus: the test asks the emulator which
 *   deployed rule's pattern matches CloudWatch's event, and sends the event to that rule's target.
 *   `smoke` gets the events of its alarm so, too, and says that it could not see whether the roles permit what is needed.
 * - Alarms have no state of their own: nothing is measured; the test sets it.
 * - No rule reaches a bus of another region: the test follows the deployed rules from region to region itself.
 * - SQS moves no messages out of a dead-letter queue (`StartMessageMoveTask`). The local host does, in `npm test`.
 * - `RotateSecret` calls no function. The local host does, in `npm test`.
 * - Tags of alarms are not found (`GetResources` answers with none). They are in the local host, in `npm test`.
 * - A table's key is not in what it says of the table, and it imports no secrets: the test says the one, and puts the login's
 *   value into the new secret by hand.
 * - Metrics in the functions' logs, tracing, log retention and dashboards have no effect here.
 *
 * Schedules do fire, though not more often than once a minute: the test waits for one tick.
 */
const endpoint = process.env.DEPLOY_TEST_ENDPOINT ?? "";
const region = "eu-central-1";
const clientConfig = { endpoint, region, credentials };

let cdk: Cdk;
let simulator: RingCxSimulator;
let crm: CrmEndpoint;
let environment: EnvironmentInput;
let outputs: Readonly<Record<string, string>>;
let feed: OutcomeFeed | undefined;
const secrets = new SecretsManagerClient(clientConfig);
const lambda = new LambdaClient(clientConfig);
const dynamoDb = new DynamoDBClient(clientConfig);
const cloudWatch = new CloudWatchClient(clientConfig);
const sqs = new SQSClient(clientConfig);

beforeAll(async () => {
  cdk = cdkFor(endpoint, await mkdtemp(join(tmpdir(), "assembly-")));
  simulator = await startRingCxSimulator();
  crm = await startCrmEndpoint();
  environment = {
    ...plainEnvironment("deploy-test", region, simulator, crm),
    rotation: { schedule: "rate(1 minute)" },
    failover: {
      recoverAfterSeconds: 0,
      probesInARow: 1,
      leastSecondsBetweenProbes: 0,
      alarmRegions: [region, "us-east-1"],
    },
  };
});

afterAll(async () => {
  await feed?.stop();
  await crm?.stop();
  await simulator?.stop();
});

const theService = () => simulator.state(simulator.accountId).groups[0]?.services[0];
const expectActive = (isEnabled: boolean) =>
  vi.waitFor(() => expect(theService()).toMatchObject({ isEnabled }), { timeout: 60_000, interval: 100 });

/** @param words of its summary */
function outcome(status: string, words: RegExp, timeoutMs = 60_000) {
  const fits = ({ data }: OutcomeFeed["outcomes"][number]) => data.status === status && words.test(data.summary);
  if (!feed) throw new Error("Nothing is deployed.");
  return feed.waitFor(`${status} ${words}`, fits, timeoutMs);
}

test("cdk bootstrap and cdk deploy", async () => {
  await cdk.bootstrap(environment);
  outputs = await cdk.deploy(environment);
  await putLogin(secrets, simulator, outputs);
  feed = await followOutcomes({ clientConfig, topicArn: outputs.OutcomeTopicArn ?? "", onOutcome: () => undefined });
});

const alarmName = "crm-lookup-unhealthy";
const alarmArn = `arn:aws:cloudwatch:${region}:000000000000:alarm:${alarmName}`;
const setAlarm = (StateValue: "OK" | "ALARM") =>
  cloudWatch.send(new SetAlarmStateCommand({ AlarmName: alarmName, StateValue, StateReason: `${StateValue}.` }));

test("a message becomes a live service", async () => {
  const { value, tags } = crmSecret(crm, [simulator.accountId]);
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await secrets.send(new CreateSecretCommand({ Name: "crm/oauth", SecretString: value, Tags }));
  const { validation } = service(crm);
  const message = applyMessage([
    group,
    authConfig,
    service(crm, { health: { alarms: [alarmArn] }, validation: { ...validation, method: "GET", body: undefined } }),
  ]);
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: outputs.ProvisioningQueueUrl ?? "",
      MessageBody: JSON.stringify(message),
      MessageGroupId: simulator.accountId,
      MessageDeduplicationId: message.id,
    }),
  );
  await expectActive(true);
  await outcome("SUCCEEDED", /^3 created/);
});

test("an alarm takes the service out", async () => {
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: alarmName,
      Namespace: "AWS/Route53",
      MetricName: "HealthCheckStatus",
      Statistic: "Minimum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "LessThanThreshold",
    }),
  );
  await setAlarm("ALARM");
  expect(await raise(clientConfig, alarmEvent(alarmArn, "ALARM"))).toHaveLength(1);
  await expectActive(false);
  await outcome("SUCCEEDED", / deactivated: /);
});

describe("with the next tick of the deployed schedules", () => {
  const tickMs = 120_000;

  test.concurrent("a new version of a secret reaches RingCX", async () => {
    const { value } = crmSecret(crm, [simulator.accountId]);
    const { VersionId } = await secrets.send(new PutSecretValueCommand({ SecretId: "crm/oauth", SecretString: value }));
    simulator.clearRequests();
    await outcome("SUCCEEDED", new RegExp(`has the credential of version ${VersionId} `), tickMs);
    const patches = simulator.requests.filter(({ operation }) => operation === "patchExternalAuthConfigOAuth");
    expect(patches).toHaveLength(1);
  });

  test.concurrent("an outage is over, although the event of its end was lost", async () => {
    await setAlarm("OK");
    await outcome("SUCCEEDED", / activated: /, tickMs);
    await expectActive(true);
  });

  test.concurrent("smoke finds that it does its three jobs, and says what could not be seen here", async () => {
    const { code, printed } = await runSmoke(clientConfig, environment.name);
    expect(code, printed).toBe(0);
    expect(printed).toMatch(/\? the roles permit .*could not be seen here[\s\S]*It does its three jobs/);
    const { groups } = simulator.state(simulator.accountId);
    expect(groups.find(({ groupName }) => groupName.includes("smoke"))?.services).toEqual([]);
  });
});

test("an alarm of us-east-1 is brought to the queue that alarms of the own region go to", async () => {
  const event = alarmEvent(`arn:aws:cloudwatch:us-east-1:000000000000:alarm:${alarmName}`, "ALARM");
  const [bus, ...others] = await targetsOf({ ...clientConfig, region: "us-east-1" }, event);
  expect([bus, others]).toEqual([outputs.AlarmBusArn, []]);
  const [queue] = await targetsOf(clientConfig, event, bus?.split("/").at(-1));
  expect(queue?.split(":").at(-1)).toBe(outputs.AlarmQueueUrl?.split("/").at(-1));
});

test("an update replaces nothing that holds data, and failover only observes from now on", async () => {
  const items = async () => (await dynamoDb.send(new ScanCommand({ TableName: outputs.TableName ?? "" }))).Count ?? 0;
  const before = { outputs, items: await items() };
  outputs = await cdk.deploy({ ...environment, failover: { ...environment.failover, mode: "observe" } });
  expect(outputs).toEqual(before.outputs);
  expect(await items()).toBeGreaterThanOrEqual(before.items);

  await setAlarm("ALARM");
  await raise(clientConfig, alarmEvent(alarmArn, "ALARM"));
  await outcome("PLANNED", / would have been deactivated \(mode observe\)/);
  expect(theService()).toMatchObject({ isEnabled: true });
  // The next stack acts again: a sweep of it would see the alarm.
  await setAlarm("OK");
});

const kms = <Answer>(operation: string, input: object) =>
  callAws<Answer>(clientConfig, "kms", `TrentService.${operation}`, input);

test("cdk destroy takes the functions, queues and rules, and leaves the table, its key and the secrets", async () => {
  const { Keys } = await kms<{ Keys: { KeyId: string }[] }>("ListKeys", {});
  expect(Keys).toHaveLength(1);
  await cdk.destroy(environment);

  for (const [name, value] of Object.entries(outputs)) {
    if (name.endsWith("FunctionName")) {
      const command = new GetFunctionConfigurationCommand({ FunctionName: value });
      await expect(lambda.send(command), name).rejects.toThrow(/not found/i);
    }
    if (name.endsWith("QueueUrl")) {
      const command = new GetQueueAttributesCommand({ QueueUrl: value, AttributeNames: ["All"] });
      await expect(sqs.send(command), name).rejects.toThrow(/does not exist/i);
    }
  }
  expect(await callAws(clientConfig, "events", "AWSEvents.ListRules", {})).toMatchObject({ Rules: [] });

  const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: outputs.TableName ?? "" }));
  expect(Table?.TableStatus).toBe("ACTIVE");
  expect(await kms("DescribeKey", Keys[0] ?? {})).toMatchObject({ KeyMetadata: { KeyState: "Enabled" } });
  const SecretId = outputs.ConnectionSecretArnLocal ?? "";
  expect((await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString).toContain(simulator.clientId);
});
