import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateSecretCommand, SecretsManagerClient, TagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { App } from "aws-cdk-lib";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { retainedData } from "../../infra/deployment/retained-data.ts";
import { type EnvironmentInput, environmentNamed } from "../../infra/environments.ts";
import { type CrmEndpoint, startCrmEndpoint } from "../../infra/local/demo/crm-endpoint.ts";
import { followOutcomes, type OutcomeFeed } from "../../infra/local/demo/outcome-feed.ts";
import { type RingCxSimulator, startRingCxSimulator } from "../../infra/local/ringcx-simulator/server.ts";
import { RingCxAutomationStack } from "../../infra/ringcx-automation-stack.ts";
import { applyMessage, authConfig, crmSecret, group, service } from "../functions/provision-services/fixture.ts";
import { callAws } from "./aws-events.ts";
import { type Cdk, cdkFor, credentials } from "./cdk.ts";
import { startOps } from "./ops.ts";
import { plainEnvironment, putLogin } from "./plain-environment.ts";

/**
 * What somebody new does: test and production in one AWS account, with a connection of the same name, and then what goes wrong.
 * What the emulator cannot do is told in `deploy.test.ts`: its SQS moves no messages, so that what was rejected goes back by
 * `ops rejected redrive`, one at a time, as the runbook has it.
 */
const endpoint = process.env.DEPLOY_TEST_ENDPOINT ?? "";
// Another one than that of the other files: they count what is in theirs.
const region = "eu-north-1";
const clientConfig = { endpoint, region, credentials };

/** One environment, with a RingCX of its own. */
interface Deployed {
  settings: EnvironmentInput;
  ringcx: RingCxSimulator;
  outputs: Readonly<Record<string, string>>;
  feed: OutcomeFeed;
}

let cdk: Cdk;
let crm: CrmEndpoint;
const deployed = new Map<string, Deployed>();
const settingsOf = new Map<string, EnvironmentInput>();
const ringcxOf = new Map<string, RingCxSimulator>();
const sqs = new SQSClient(clientConfig);
const secrets = new SecretsManagerClient(clientConfig);
const cloudWatch = new CloudWatchClient(clientConfig);
const dynamoDb = new DynamoDBClient(clientConfig);

beforeAll(async () => {
  crm = await startCrmEndpoint();
  for (const name of ["trial", "production"]) {
    const ringcx = await startRingCxSimulator();
    ringcxOf.set(name, ringcx);
    settingsOf.set(name, plainEnvironment(name, region, ringcx, crm));
  }
  cdk = cdkFor(endpoint, await mkdtemp(join(tmpdir(), "two-")), [...settingsOf.values()]);
});

afterAll(async () => {
  for (const { feed } of deployed.values()) await feed.stop();
  for (const ringcx of ringcxOf.values()) await ringcx.stop();
  await crm.stop();
});

function named<Value>(map: ReadonlyMap<string, Value>, name: string): Value {
  const value = map.get(name);
  if (value === undefined) throw new Error(`${name} is not there.`);
  return value;
}

/** Deploys, puts the login into the new secret, and follows what is told, as docs/deploying.md has it. */
async function deploy(name: string): Promise<Deployed> {
  const settings = named(settingsOf, name);
  const ringcx = named(ringcxOf, name);
  await deployed.get(name)?.feed.stop();
  const outputs = await cdk.deploy(settings);
  await putLogin(secrets, ringcx, outputs);
  const feed = await followOutcomes({
    clientConfig,
    topicArn: outputs.OutcomeTopicArn ?? "",
    queueName: `outcomes-${name}`,
    onOutcome: () => undefined,
  });
  const one = { settings, ringcx, outputs, feed };
  deployed.set(name, one);
  return one;
}

async function send({ outputs, ringcx }: Deployed, id: string, resources: readonly object[]): Promise<void> {
  const message = { ...applyMessage([...resources]), id };
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: outputs.ProvisioningQueueUrl ?? "",
      MessageBody: JSON.stringify(message),
      MessageGroupId: ringcx.accountId,
      MessageDeduplicationId: id,
    }),
  );
}

const outcome = ({ feed }: Deployed, status: string, id: string) =>
  feed.waitFor(`${status} ${id}`, ({ data }) => data.status === status && data.cause.id === id, 150_000);

const resources = () => {
  const { validation } = service(crm);
  return [group, authConfig, service(crm, { validation: { ...validation, method: "GET", body: undefined } })];
};
const activeServices = ({ ringcx }: Deployed) =>
  ringcx.state().groups.flatMap(({ services }) => services.filter(({ isEnabled }) => isEnabled));

test("an environment is deployed", async () => {
  await cdk.bootstrap(named(settingsOf, "trial"));
  await deploy("trial");
});

test("another one is deployed beside it, and has nothing of it", async () => {
  const { outputs: first } = named(deployed, "trial");
  const { outputs: second } = await deploy("production");
  const shared = Object.keys(first).filter((name) => first[name] === second[name]);
  expect(shared).toEqual([]);
});

test("a secret of neither is refused, and once it is production's, what was rejected is sent again and carried out there", async () => {
  const { value, tags } = crmSecret(crm, [named(ringcxOf, "production").accountId]);
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await secrets.send(new CreateSecretCommand({ Name: "crm/oauth", SecretString: value, Tags }));
  const production = named(deployed, "production");
  await send(production, "too-early", resources());
  const { data } = await outcome(production, "REJECTED", "too-early");
  expect(JSON.stringify(data.problems)).toContain("ringcx:environment");
  expect(production.ringcx.state().groups).toEqual([]);

  const Mend = { SecretId: "crm/oauth", Tags: [{ Key: "ringcx:environment", Value: "production" }] };
  await secrets.send(new TagResourceCommand(Mend));
  const redriven = await startOps(clientConfig, "production", ["rejected", "redrive", "too-early"]).ended;
  expect(redriven, redriven.printed).toMatchObject({ code: 0, printed: expect.stringContaining("sent again") });
  await outcome(production, "SUCCEEDED", "too-early");
  expect(activeServices(production)).toHaveLength(1);
  const left = await startOps(clientConfig, "production", ["rejected", "list"]).ended;
  expect(left.printed).toMatch(/^0 rejects/m);

  const trial = named(deployed, "trial");
  await send(trial, "not-for-trial", resources());
  await outcome(trial, "REJECTED", "not-for-trial");
  expect(trial.ringcx.state().groups).toEqual([]);
});

test("a second problem is told while a first one lasts, by the environment that has it", async () => {
  const sns = new SNSClient(clientConfig);
  const told = new Map<string, string[]>();
  for (const [name, { outputs }] of deployed) {
    await sqs.send(new CreateQueueCommand({ QueueName: `on-call-${name}` }));
    const Endpoint = `arn:aws:sqs:${region}:000000000000:on-call-${name}`;
    await sns.send(new SubscribeCommand({ TopicArn: outputs.PageTopicArn, Protocol: "sqs", Endpoint }));
    told.set(name, []);
  }
  const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ MaxRecords: 100 }));
  const own = MetricAlarms.map(({ AlarmName = "" }) => AlarmName).filter((name) => name.includes("-production"));
  const [first = "", second = ""] = ["EdgesNotPermitted", "TokenRenewalFailed"].map((id) =>
    own.find((name) => name.includes(`Operations${id}`)),
  );
  const alarm = (AlarmName: string) =>
    cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "Test" }));
  const heard = async (name: string) => {
    const QueueUrl = `${endpoint}/000000000000/on-call-${name}`;
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    const all = named(told, name);
    all.push(...Messages.map(({ Body = "" }) => Body));
    return all.join("\n");
  };
  await alarm(first);
  await vi.waitFor(async () => expect(await heard("production")).toContain(first), 20_000);
  await alarm(second);
  await vi.waitFor(async () => expect(await heard("production")).toContain(second), 20_000);
  expect(await heard("trial")).toBe("");
});

// It destroys, imports and deploys.
test("one is destroyed and comes back with its data, and the other does not notice", { timeout: 600_000 }, async () => {
  const before = named(deployed, "production");
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: before.outputs.ProvisioningQueueUrl ?? "",
      AttributeNames: ["KmsMasterKeyId"],
    }),
  );
  await cdk.destroy(before.settings);
  const { outputs: trial } = named(deployed, "trial");
  const FunctionName = trial.ProvisionServicesFunctionName;
  await new LambdaClient(clientConfig).send(new GetFunctionConfigurationCommand({ FunctionName }));

  // A table's key is not in what the emulator says of it.
  const key = { KeyId: Attributes?.KmsMasterKeyId };
  const { KeyMetadata } = await callAws<{ KeyMetadata: { Arn: string } }>(
    clientConfig,
    "kms",
    "TrentService.DescribeKey",
    key,
  );
  const SSESpecification = { Enabled: true, SSEType: "KMS" as const, KMSMasterKeyId: KeyMetadata.Arn };
  await dynamoDb.send(new UpdateTableCommand({ TableName: before.outputs.TableName ?? "", SSESpecification }));
  const stackName = "RingCxAutomation-production";
  const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
  const environment = environmentNamed("production", [...settingsOf.values()]);
  const stack = new RingCxAutomationStack(app, stackName, { environment });
  const { Resources: resourcesOfStack } = app.synth().getStackArtifact(stack.artifactId).template;
  const mapping = await retainedData({ dynamoDb, secrets, stackName, resources: resourcesOfStack });
  expect(Object.values(mapping).flatMap(Object.keys).toSorted()).toEqual(["Id", "KeyId", "TableName"]);
  const imported = Object.entries(mapping).filter(([, { Id }]) => Id === undefined);
  await cdk.import(before.settings, Object.fromEntries(imported));

  const after = await deploy("production");
  expect(after.outputs.TableName).toBe(before.outputs.TableName);
  after.ringcx.clearRequests();
  await send(after, "again", resources());
  await outcome(after, "NO_CHANGE", "again");
  // Nothing is written to RingCX; only a token is got.
  const writes = after.ringcx.requests.filter(({ method, accountId }) => accountId && method !== "GET");
  expect(writes).toEqual([]);
  expect(activeServices(after)).toHaveLength(1);
});
