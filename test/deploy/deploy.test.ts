import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeTableCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { EnvironmentInput } from "../../infra/environments.ts";
import { type CrmEndpoint, startCrmEndpoint } from "../../infra/local/demo/crm-endpoint.ts";
import { type RingCxSimulator, startRingCxSimulator } from "../../infra/local/ringcx-simulator/server.ts";
import { applyMessage, authConfig, crmSecret, group, service } from "../functions/provision-services/world.ts";
import { type Cdk, cdkFor, credentials } from "./cdk.ts";

/**
 * The stack, deployed by the real CDK command line to an emulator that knows nothing of this project, doing its three
 * jobs there. What the emulator cannot do, and what stands in for it:
 *
 * - IAM: it checks no permission. The local host evaluates every role in `npm test`.
 * - `AWS::CloudWatch::CompositeAlarm`: it does not know the type; `app.ts` leaves the one that we have out.
 * - Alarms raise no events, and only AWS itself may put `aws.cloudwatch` on a bus: the test asks the emulator whether the
 *   deployed rule's pattern matches CloudWatch's event, and sends that to the deployed rule's target.
 * - Schedules: nobody waits five minutes; the test invokes a schedule's target with the input of the template.
 * - Secrets Manager calls no rotation function. The local host does, in `npm test`.
 * - The Resource Groups Tagging API is not there: no tags of alarms are read (`alarmRegions` is empty).
 */
const endpoint = process.env.DEPLOY_TEST_ENDPOINT ?? "";
const region = "eu-central-1";
const clientConfig = { endpoint, region, credentials };

let directory: string;
let cdk: Cdk;
let simulator: RingCxSimulator;
let crm: CrmEndpoint;
let environment: EnvironmentInput;
let outputs: Readonly<Record<string, string>>;
const secrets = new SecretsManagerClient(clientConfig);
const lambda = new LambdaClient(clientConfig);
const dynamoDb = new DynamoDBClient(clientConfig);
const cloudWatch = new CloudWatchClient(clientConfig);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ringcx-deploy-test-"));
  cdk = cdkFor(endpoint, directory);
  simulator = await startRingCxSimulator();
  crm = await startCrmEndpoint();
  environment = {
    name: "deploy-test",
    account: "000000000000",
    region,
    connections: [
      {
        name: "local",
        accountIds: [simulator.accountId],
        ringcxUrl: simulator.url,
        platformUrl: simulator.platformUrl,
      },
    ],
    probe: { allowedHosts: [crm.host], allowPrivateAddresses: true, allowHttp: true },
    failover: { recoverAfterSeconds: 0, probesInARow: 1, alarmRegions: [] },
  };
});

afterAll(async () => {
  await crm?.stop();
  await simulator?.stop();
  await rm(directory, { recursive: true, force: true });
});

const ringcx = () => simulator.state(simulator.accountId);
const theService = () => ringcx().groups[0]?.services[0];
const until = (assertion: () => void | Promise<void>) => vi.waitFor(assertion, { timeout: 60_000, interval: 100 });

/** Runs a function as its schedule would: with the input that the template gives the schedule. */
async function runSchedule(functionName: string, source: string): Promise<void> {
  const inputs = cdk.resources().flatMap(({ Type, Properties }) => {
    const { Input } = (Properties?.Target ?? {}) as { Input?: string };
    return Type === "AWS::Scheduler::Schedule" && Input?.includes(source) ? [Input] : [];
  });
  expect(inputs).toHaveLength(1);
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(inputs[0] ?? "") }),
  );
  expect(FunctionError, Buffer.from(Payload ?? "").toString()).toBeUndefined();
}

test("cdk bootstrap and cdk deploy", async () => {
  await cdk.bootstrap(environment);
  outputs = await cdk.deploy(environment);
  expect(outputs).toMatchObject({ ProvisioningQueueUrl: expect.any(String), TableName: expect.any(String) });
  const { clientId, clientSecret, jwt } = simulator;
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: outputs.ConnectionSecretArnLocal ?? "",
      SecretString: JSON.stringify({ clientId, clientSecret, jwt }),
    }),
  );
});

const alarmName = "crm-lookup-unhealthy";
const alarmArn = `arn:aws:cloudwatch:${region}:000000000000:alarm:${alarmName}`;

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
  await new SQSClient(clientConfig).send(
    new SendMessageCommand({
      QueueUrl: outputs.ProvisioningQueueUrl ?? "",
      MessageBody: JSON.stringify(message),
      MessageGroupId: simulator.accountId,
      MessageDeduplicationId: message.id,
    }),
  );
  await until(() => expect(theService()).toMatchObject({ isEnabled: true }));
});

test("a new version of a secret reaches RingCX with the next tick of the schedule", async () => {
  const { value } = crmSecret(crm, [simulator.accountId]);
  await secrets.send(new PutSecretValueCommand({ SecretId: "crm/oauth", SecretString: value }));
  simulator.clearRequests();
  await runSchedule(outputs.RotateCredentialsFunctionName ?? "", "ringcx.mirror");
  expect(simulator.requests.map(({ operation }) => operation)).toContain("patchExternalAuthConfigOAuth");
});

describe("an outage", () => {
  const setAlarm = async (StateValue: "OK" | "ALARM") => {
    await cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName: alarmName, StateValue, StateReason: `${StateValue}.` }),
    );
    await raise({
      version: "0",
      id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
      "detail-type": "CloudWatch Alarm State Change",
      source: "aws.cloudwatch",
      account: "000000000000",
      time: new Date().toISOString(),
      region,
      resources: [alarmArn],
      detail: { alarmName, state: { value: StateValue, reason: `${StateValue}.` } },
    });
  };

  test("takes the service out", async () => {
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
    await until(() => expect(theService()).toMatchObject({ isEnabled: false }));
  });

  test("is over when the alarm is, and the sweep brings the service back", async () => {
    await setAlarm("OK");
    await runSchedule(outputs.FailOverServicesFunctionName ?? "", "ringcx.sweep");
    await until(() => expect(theService()).toMatchObject({ isEnabled: true }));
  });
});

test("a changed setting takes effect, and nothing that holds data is replaced", async () => {
  const items = async () => (await dynamoDb.send(new ScanCommand({ TableName: outputs.TableName ?? "" }))).Count;
  const before = { outputs, items: await items() };
  outputs = await cdk.deploy({ ...environment, failover: { ...environment.failover, mode: "observe" } });
  expect(outputs).toEqual(before.outputs);
  expect(await items()).toBe(before.items);
  const { Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: outputs.FailOverServicesFunctionName ?? "" }),
  );
  expect(JSON.parse(Environment?.Variables?.FAILOVER ?? "{}")).toMatchObject({ mode: "observe" });
});

test("cdk destroy leaves the table and the secrets, and takes the functions", async () => {
  await cdk.destroy(environment);
  const name = outputs.FailOverServicesFunctionName ?? "";
  await expect(lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }))).rejects.toThrow(/not found/i);
  const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: outputs.TableName ?? "" }));
  expect(Table?.TableStatus).toBe("ACTIVE");
  const SecretId = outputs.ConnectionSecretArnLocal ?? "";
  expect((await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString).toContain(simulator.clientId);
});

/** What EventBridge does with an event of AWS's own: to every target of every rule whose pattern it fits. */
async function raise(event: Readonly<Record<string, unknown>>): Promise<void> {
  const { Rules } = await eventBridge<{ Rules: { Name: string; EventPattern?: string }[] }>("ListRules", {});
  let targets = 0;
  for (const { Name, EventPattern } of Rules.filter((rule) => rule.EventPattern)) {
    const Event = JSON.stringify(event);
    const { Result } = await eventBridge<{ Result: boolean }>("TestEventPattern", { EventPattern, Event });
    if (!Result) continue;
    const { Targets } = await eventBridge<{ Targets: { Arn: string }[] }>("ListTargetsByRule", { Rule: Name });
    for (const { Arn } of Targets) {
      const QueueUrl = `${endpoint}/000000000000/${Arn.split(":").at(-1)}`;
      await new SQSClient(clientConfig).send(new SendMessageCommand({ QueueUrl, MessageBody: Event }));
      targets += 1;
    }
  }
  expect(targets).toBe(1);
}

/** EventBridge without one more SDK client for three calls. */
async function eventBridge<Answer>(operation: string, input: object): Promise<Answer> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSEvents.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=test/20300101/${region}/events/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}
