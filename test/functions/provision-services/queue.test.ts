import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  TagResourceCommand,
} from "@aws-sdk/client-secrets-manager";
import {
  DeleteMessageCommand,
  ListMessageMoveTasksCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { type App, Stack } from "aws-cdk-lib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RingCxAccess } from "../../../infra/constructs/ringcx-access.ts";
import { ServiceProvisioning } from "../../../infra/constructs/service-provisioning.ts";
import { checkedEnvironment, type EnvironmentSettings } from "../../../infra/environments.ts";
import { type CrmEndpoint, startCrmEndpoint } from "../../../infra/local/demo/crm-endpoint.ts";
import { followOutcomes, type OutcomeFeed } from "../../../infra/local/demo/outcome-feed.ts";
import type { LocalHost } from "../../../infra/local/local-host.ts";
import { type RingCxSimulator, startRingCxSimulator } from "../../../infra/local/ringcx-simulator/server.ts";
import { startStackHost } from "../../../infra/local/stack-host.ts";
import { patienceMs } from "../../support/patience.ts";
import { applyMessage, authConfig, crmSecret, group, service } from "./fixture.ts";

/** The stack's constructs that provisioning consists of, as they are. */
class ProvisioningStack extends Stack {
  constructor(app: App, settings: EnvironmentSettings) {
    super(app, "ProvisioningStack", { env: { region: settings.region } });
    const access = new RingCxAccess(this, "Access", { settings });
    new ServiceProvisioning(this, "Provisioning", { settings, access });
  }
}

let simulator: RingCxSimulator;
let crm: CrmEndpoint;
let host: LocalHost;
let feed: OutcomeFeed;
let sqs: SQSClient;

beforeAll(async () => {
  simulator = await startRingCxSimulator({ limit: 10_000 });
  crm = await startCrmEndpoint();
  const { accountId, url: ringcxUrl, platformUrl, clientId, clientSecret, jwt } = simulator;
  const settings = checkedEnvironment({
    name: "provisioning",
    region: "eu-central-1",
    accountsIn: "parameters",
    connections: [{ name: "local", accountIds: [accountId], ringcxUrl, platformUrl, quota: { limit: 10_000 } }],
    probe: { allowedHosts: [crm.host], allowPrivateAddresses: true, allowHttp: true },
  });
  host = await startStackHost((app) => new ProvisioningStack(app, settings), { clockFactor: 0 });
  sqs = new SQSClient(host.clientConfig);
  const secrets = new SecretsManagerClient(host.clientConfig);
  const login = JSON.stringify({ clientId, clientSecret, jwt });
  await secrets.send(
    new PutSecretValueCommand({ SecretId: host.outputs.ConnectionSecretArnLocal ?? "", SecretString: login }),
  );
  const { value, tags } = crmSecret(crm, [accountId]);
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await secrets.send(new CreateSecretCommand({ Name: "crm/oauth", SecretString: value, Tags }));
  feed = await followOutcomes({
    clientConfig: host.clientConfig,
    topicArn: host.outputs.OutcomeTopicArn ?? "",
    onOutcome: () => {},
  });
});

afterAll(async () => {
  await feed?.stop();
  await host?.stop();
  await crm?.stop();
  await simulator?.stop();
});

async function send(...bodies: (object | string)[]): Promise<void> {
  await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: host.outputs.ProvisioningQueueUrl ?? "",
      Entries: bodies.map((body, index) => ({
        Id: String(index),
        MessageBody: typeof body === "string" ? body : JSON.stringify(body),
        MessageGroupId: simulator.accountId,
        MessageDeduplicationId: `${Date.now()}-${Math.random()}-${index}`,
      })),
    }),
  );
}

/** Takes what the reject queue gives at once: of a group it may be one message. */
async function takeRejected(): Promise<Message[]> {
  const QueueUrl = host.outputs.RejectQueueUrl ?? "";
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] }),
  );
  for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages;
}

async function outcomeOf(message: { id: string }): Promise<string> {
  const fits = ({ data }: { data: { cause: { id: string } } }) => data.cause.id === message.id;
  return (await feed.waitFor(`the outcome of ${message.id}`, fits, patienceMs)).data.status;
}

const servicesOfGroup = () => simulator.state().groups.find(({ groupName }) => groupName === group.groupName)?.services;

test("a function that is killed while it takes a message in holds the account for no longer than the queue hides it", async () => {
  const first = applyMessage([{ ...group, groupName: "Killed" }]);
  await send(first);
  // The host is new: the only process is the one that was started for this message.
  await expect.poll(() => host.functionPids, { interval: 1 }).toHaveLength(1);
  for (const pid of host.functionPids) process.kill(pid, "SIGKILL");
  await expect.poll(() => host.invocations, { interval: 10 }).toHaveLength(1);
  expect(host.invocations[0]).toMatchObject({
    functionName: expect.stringContaining("AcceptMessages"),
    outcome: { status: "failed" },
  });
  const other = applyMessage([{ ...group, groupName: "Other" }]);
  await send(other);
  expect(await outcomeOf(other)).toBe("SUCCEEDED");
  expect(await outcomeOf(first)).toBe("SUCCEEDED");
  await host.idle();
  expect(host.denials).toEqual([]);
});

test("every type goes through the queue in the order of its group, what is no message is kept aside with its reason", async () => {
  const make = applyMessage([group, authConfig, service(crm)]);
  const clone = {
    ...applyMessage([]),
    type: "ringcx.copy.v1",
    data: {
      accountId: simulator.accountId,
      from: { groupName: "CRM enrichment", serviceDescription: "Lookup customer by ANI" },
      to: { serviceDescription: "Clone" },
    },
  };
  const retire = applyMessage(
    [{ kind: "httpService", groupName: "CRM enrichment", serviceDescription: "Clone", delete: "service" }],
    { event: { type: "ringcx.retire.v1" } },
  );
  const wrong = applyMessage([{ ...group, groupname: "x" }]);
  await send(make, "{oops", clone, wrong, retire, make);
  for (const [message, status] of [
    [make, "SUCCEEDED"],
    [clone, "SUCCEEDED"],
    [wrong, "REJECTED"],
    [retire, "SUCCEEDED"],
  ] as const) {
    expect(await outcomeOf(message)).toBe(status);
  }
  await host.idle();
  expect(servicesOfGroup()).toMatchObject([{ serviceDescription: "Lookup customer by ANI", isEnabled: true }]);

  const rejected = [...(await takeRejected()), ...(await takeRejected())];
  expect(rejected.map(({ Body }) => Body)).toEqual(["{oops", JSON.stringify(wrong)]);
  expect(JSON.parse(rejected[1]?.MessageAttributes?.problems?.StringValue ?? "")).toEqual([
    { path: "data.resources[0].groupname", message: "is not a known field", hint: "did you mean groupName?" },
  ]);
  expect(host.denials).toEqual([]);
});

test("a message that meets the rate limit is deferred and goes on by itself, and what came after it still comes after", async () => {
  simulator.faults.add({
    kind: "status",
    status: 429,
    retryAfterSeconds: 1,
    match: { operation: "createHttpService" },
  });
  const first = applyMessage([service(crm, { serviceDescription: "first" })]);
  const second = applyMessage([service(crm, { serviceDescription: "first", isEnabled: false })]);
  await send(first, second);
  expect(await outcomeOf(first)).toBe("SUCCEEDED");
  expect(await outcomeOf(second)).toBe("SUCCEEDED");
  expect(servicesOfGroup()?.[1]).toMatchObject({ serviceDescription: "first", isEnabled: false });
  expect(host.denials).toEqual([]);
});

test("a live auth config changes its secret by message, and no message brings a secret to a host that it does not name", async () => {
  const secrets = new SecretsManagerClient(host.clientConfig);
  const { value, tags } = crmSecret(crm, [simulator.accountId]);
  const create = (Name: string, hosts: string) => {
    const Tags = Object.entries({ ...tags, "ringcx:hosts": hosts }).map(([Key, Value]) => ({ Key, Value }));
    return secrets.send(new CreateSecretCommand({ Name, SecretString: value, Tags }));
  };
  await create("crm/next", crm.host);
  await create("crm/elsewhere", "elsewhere.example");
  const next = applyMessage([{ ...authConfig, secretId: "crm/next" }]);
  const elsewhere = applyMessage([{ ...authConfig, secretId: "crm/elsewhere" }]);
  const moved = applyMessage([
    service(crm, { authConfig: undefined, validation: undefined, httpServiceConfig: { url: "https://evil.example/" } }),
  ]);
  await send(next, elsewhere, moved);
  expect(await outcomeOf(next)).toBe("SUCCEEDED");
  expect(await outcomeOf(elsewhere)).toBe("REJECTED");
  expect(await outcomeOf(moved)).toBe("REJECTED");
  // RingCX has the next secret's credential, and nobody hears of it: what is known of it is the same afterwards.
  await create("crm/lost", crm.host);
  const lost = applyMessage([{ ...authConfig, secretId: "crm/lost" }]);
  simulator.faults.add({ kind: "lost-answer", match: { method: "PATCH" }, times: 2 });
  await send(lost);
  expect(await outcomeOf(lost)).toBe("SUCCEEDED");
  expect(simulator.faults.pending).toEqual([]);
  const again = { ...lost, id: `${lost.id}-again` };
  await send(again);
  expect(await outcomeOf(again)).toBe("NO_CHANGE");
  await host.idle();
  const { services } = simulator.state().groups[0] ?? { services: [] };
  expect(services.map(({ httpServiceConfig }) => String(httpServiceConfig)).join()).not.toContain("evil");
  expect(host.denials).toEqual([]);
});

/** Starts a redrive, and waits for how it ends. */
async function redrive(command: { SourceArn: string; DestinationArn?: string }): Promise<unknown> {
  await sqs.send(new StartMessageMoveTaskCommand(command));
  await host.idle();
  const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: command.SourceArn }));
  return Results[0];
}

test("a rejected message is redriven by the command of the outputs once its cause is mended, and done once", async () => {
  const secrets = new SecretsManagerClient(host.clientConfig);
  const { value, tags } = crmSecret(crm, [simulator.accountId]);
  const Tags = Object.entries({ ...tags, "ringcx:hosts": "elsewhere.example" }).map(([Key, Value]) => ({ Key, Value }));
  await secrets.send(new CreateSecretCommand({ Name: "crm/mended", SecretString: value, Tags }));
  for (let left = await takeRejected(); left.length > 0; ) left = await takeRejected();
  const other = { groupName: "Mended" };
  const message = applyMessage([
    { ...group, ...other },
    { ...authConfig, providerName: "Mended", secretId: "crm/mended" },
    service(crm, { ...other, authConfig: "Mended" }),
  ]);
  await send(message);
  expect(await outcomeOf(message)).toBe("REJECTED");
  await host.idle();

  const command = host.outputs.RedriveMessagesCommand ?? "";
  const [, SourceArn = "", DestinationArn = ""] =
    /^aws sqs start-message-move-task --region eu-central-1 --source-arn (\S+) --destination-arn (\S+)$/.exec(
      command,
    ) ?? [];
  // As the console and the API do by default: SQS does not know where a message came from that was sent to the queue.
  expect(await redrive({ SourceArn })).toMatchObject({
    Status: "FAILED",
    FailureReason: "CouldNotDetermineMessageSource",
  });

  await secrets.send(
    new TagResourceCommand({ SecretId: "crm/mended", Tags: [{ Key: "ringcx:hosts", Value: crm.host }] }),
  );
  simulator.clearRequests();
  const moved = await redrive({ SourceArn, DestinationArn });
  expect(moved).toMatchObject({ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 1 });
  await feed.waitFor(
    "its success",
    ({ data: { cause, status } }) => cause.id === message.id && status !== "REJECTED",
    20_000,
  );
  await host.idle();
  const outcomes = feed.outcomes.filter(({ data }) => data.cause.id === message.id);
  expect(outcomes.map(({ data }) => data.status)).toEqual(["REJECTED", "SUCCEEDED"]);
  expect(simulator.requests.filter(({ operation }) => operation === "createHttpService")).toHaveLength(1);
  expect(simulator.state().groups.at(-1)).toMatchObject({ groupName: "Mended", services: [{ isEnabled: true }] });
  expect(await takeRejected()).toEqual([]);
  expect(host.denials).toEqual([]);
});
