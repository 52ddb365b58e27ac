import { Metrics } from "@aws-lambda-powertools/metrics";
import { ResourceNotFoundException, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SQSRecord } from "aws-lambda";
import {
  type IntakeDependencies,
  provisionBatch,
} from "../../../functions/provision-services/intake/provision-batch.ts";
import { type WakeDependencies, workAccounts } from "../../../functions/provision-services/reconcile/work-accounts.ts";
import { type CrmEndpoint, startCrmEndpoint } from "../../../infra/local/demo/crm-endpoint.ts";
import { type RingCxSimulator, startRingCxSimulator } from "../../../infra/local/ringcx-simulator/server.ts";
import type { SimulatorOptions } from "../../../infra/local/ringcx-simulator/simulator-options.ts";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { Outcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import { type Clock, type Random, systemClock } from "../../../shared/primitives/clock.ts";
import { createProbe, type Probe } from "../../../shared/probe/probe.ts";
import { probeSettingsSchema } from "../../../shared/probe/probe-settings.ts";
import type { DeadLetter } from "../../../shared/queues/dead-letter.ts";
import type { RingCx, RingCxAccount } from "../../../shared/ringcx/client/api.ts";
import { connect } from "../../../shared/ringcx/client/connect.ts";
import { type Connection, connectionSchema } from "../../../shared/ringcx/session/connection.ts";
import { createConnectionSecret } from "../../../shared/ringcx/session/connection-secret.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { clientOfRole, tableOfRole } from "../../support/roles.ts";

/** A secret as the tests keep it. */
export interface FakeSecret {
  value: string;
  versionId: string;
  /** Values of other versions, by their ids. */
  versions?: Record<string, string>;
  tags: Record<string, string>;
  /** The name of the error with which it is described. */
  describeFails?: string;
  isDeleted?: boolean;
  /** @default `arn:secret:` and its name */
  arn?: string;
}

/** The provisioning function's core against a RingCX simulator and a CRM, everything of AWS in memory. */
export interface Fixture {
  simulator: RingCxSimulator;
  crm: CrmEndpoint;
  table: StateTable;
  secrets: Map<string, FakeSecret>;
  outcomes: OutcomeData[];
  deadLetters: DeadLetter[];
  /** Which there are, for what is done from now on. */
  connections: Connection[];
  /** What was deferred: how many messages, for how long in milliseconds. */
  deferred: { count: number; waitMs: number }[];
  /** One batch; the bodies of those that are deferred. */
  deliver(bodies: readonly (object | string)[], more?: SentAs): Promise<string[]>;
  /** One batch of messages of several groups. */
  deliverGroups(messages: readonly (readonly [messageGroupId: string, body: object])[]): Promise<string[]>;
  /** One message, delivered until it is done; its outcome. */
  send(message: object | string): Promise<OutcomeData>;
  /** The same SQS message once more; its id, if it is deferred. */
  redeliver(messageId: string, body: string): Promise<string[]>;
  /** Operations that RingCX was asked for since the last call of this, in order. */
  operations(): string[];
  /** Which accounts were woken since the last call of this, and when each is to wake. */
  wakes(): { accountId: string; inMs: number }[];
  /** RingCX, as somebody else uses it. */
  account(): RingCxAccount;
  /** Epoch milliseconds, with what was skipped. */
  now(): number;
  /** Works off the accounts that were woken. @param forMs the invocation's time, 60000 if not said */
  work(forMs?: number): Promise<void>;
  /** Ids of the messages that have not ended. */
  open(): Promise<string[]>;
  /** Publishes outcomes; a test may put something else in its place. */
  outcomeTopic: { publish: Outcomes["publish"] };
  /** Metrics that the RingCX client has counted, in order. */
  counted: string[];
  /** What was logged: text and facts. */
  logged: string[];
  /** Lets time pass at once. */
  skip(ms: number): void;
  stop(): Promise<void>;
}

/** How a batch is delivered. */
export interface SentAs {
  messageGroupId?: string;
  senderId?: string;
  /** The invocation's time in milliseconds. @default 60000 */
  forMs?: number;
  /** When the queue took them in, epoch milliseconds. @default now */
  sentAt?: number;
}

/** What differs from the usual. */
export interface FixtureOptions {
  simulator?: SimulatorOptions;
  settings?: IntakeDependencies["settings"];
  table?: StateTable;
  allowedHosts?: readonly string[];
  quota?: object;
  /** Whose time it is. @default the machine's */
  clock?: Clock;
  /** How waits are spread. @default Math.random */
  random?: Random;
  /** How endpoints are asked. @default as they are */
  probe?: Probe;
}

/** Starts simulator and CRM on free ports; `stop` ends them. */
export async function startFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const accountIds = [...(options.simulator?.accounts ?? ["123456"])];
  let skippedMs = 0;
  // Real time, less what nobody wants to wait for.
  const { clock: base = systemClock } = options;
  const clock: Clock = { now: () => base.now() + skippedMs, sleep: base.sleep };
  const simulator = await startRingCxSimulator({ ...options.simulator, accounts: accountIds, now: clock.now });
  const crm = await startCrmEndpoint();
  const table = options.table ?? new MemoryStateTable();
  const outcomes: OutcomeData[] = [];
  const deadLetters: DeadLetter[] = [];
  const deferred: Fixture["deferred"] = [];
  const login = { clientId: simulator.clientId, clientSecret: simulator.clientSecret, jwt: simulator.jwt };
  const secrets = new Map<string, FakeSecret>([
    ["connection", { value: JSON.stringify(login), versionId: "v1", tags: {} }],
    ["crm/oauth", crmSecret(crm, accountIds)],
  ]);
  const role = ["ProvisionServices"];
  const ownTable = tableOfRole(role, table);
  const secretsClient = clientOfRole(role, "secretsmanager", fakeSecrets(secrets));
  const connections: Connection[] = [
    connectionSchema.parse({
      name: "local",
      accountIds,
      ringcxUrl: simulator.url,
      platformUrl: simulator.platformUrl,
      secretId: "connection",
      ...(options.quota && { quota: options.quota }),
    }),
  ];
  const clients = new Map<string, RingCx>();
  const probeSettings = probeSettingsSchema.parse({
    allowedHosts: options.allowedHosts ?? [crm.host],
    allowPrivateAddresses: true,
    allowHttp: true,
  });
  /** Accounts that have something to do, and all wakes that were sent. */
  const woken: string[] = [];
  const wakes: { accountId: string; inMs: number }[] = [];
  const logged: string[] = [];
  const counted: string[] = [];
  const log = (...said: unknown[]) => void logged.push(JSON.stringify(said));
  const outcomeTopic: Fixture["outcomeTopic"] = {
    async publish(data) {
      outcomes.push(structuredClone(data));
      return { specversion: "1.0", type: "ringcx.outcome.v1", source: "/test", id: "x", time: "", data };
    },
  };
  const dependencies: IntakeDependencies & WakeDependencies = {
    table: ownTable,
    clock,
    random: options.random ?? Math.random,
    connections,
    ringcxFor(accountId) {
      const [connection] = connections;
      if (!connection) throw new Error("no connection");
      const ringcx =
        clients.get(accountId) ??
        connect({
          connection,
          table: ownTable,
          secret: createConnectionSecret({ secretId: connection.secretId, secrets: secretsClient, clock }),
          clock,
          random: options.random ?? Math.random,
          metrics: Object.assign(new Metrics({ namespace: "test" }), {
            addMetric: (metric: string) => void counted.push(metric),
          }),
        });
      clients.set(accountId, ringcx);
      return ringcx;
    },
    activation: createActivationStore({ table: ownTable, clock }, { isMover: true }),
    probe: options.probe ?? createProbe({ settings: probeSettings, clock }),
    probeSettings,
    outcomes: { publish: (data, time) => outcomeTopic.publish(data, time) },
    secrets: secretsClient,
    deadLetters: { keep: async (letter) => void deadLetters.push(letter) },
    extendVisibility: async (messages, waitMs) => void deferred.push({ count: messages.length, waitMs }),
    wakes: {
      async wake(accountId, inMs) {
        woken.push(accountId);
        wakes.push({ accountId, inMs });
      },
    },
    metrics: new Metrics({ namespace: "test" }),
    settings: options.settings ?? { senders: [] },
    logger: { info: log, warn: log, error: log },
  };
  const intake: IntakeDependencies = { ...dependencies, table: tableOfRole(["AcceptMessages"], table) };
  let messages = 0;
  const ids = new Map<string, string>();
  const sequences = new Map<string, number>();
  const sentTimes = new Map<string, number>();
  const openMessages = async () => {
    const items = (await Promise.all(accountIds.map((id) => table.query(`ACCOUNT#${id}`, "OPEN#")))).flat();
    const waitMs = Math.max(0, ...items.map(({ notBefore }) => Number(notBefore) - clock.now()));
    return { items, waitMs: Math.ceil(waitMs / 100) * 100 };
  };
  /** What is still open of these messages. */
  const stillOpen = async (records: readonly SQSRecord[]) => {
    const { items, waitMs } = await openMessages();
    const open = items.filter(({ messageId }) => records.some((record) => record.messageId === messageId));
    if (open.length > 0) deferred.push({ count: open.length, waitMs });
    return open.map(({ messageId }) => String(messageId));
  };
  /** Works off the accounts that were woken: once each, whatever they leave. */
  const work = async (forMs: number) => {
    for (const accountId of new Set(woken.splice(0))) {
      messages += 1;
      const wake = recordOf(JSON.stringify({ accountId }), `wake-${messages}`, {
        groupId: "",
        senderId: "",
        sequence: 0,
      });
      const invocation = { requestId: `request-${messages}`, deadline: clock.now() + forMs };
      // What throws has its wake delivered again.
      await workAccounts({ Records: [wake] }, dependencies, invocation).catch(() => woken.push(accountId));
    }
  };
  const run = async (records: readonly SQSRecord[], forMs: number) => {
    const deadline = clock.now() + forMs;
    const { batchItemFailures } = await provisionBatch({ Records: [...records] }, intake, { deadline });
    await work(forMs);
    const open = await stillOpen(records);
    return [...batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), ...open];
  };
  const sent = (body: string, messageId: string, groupId: string, senderId: string, at?: number) => {
    const sequence = sequences.get(messageId) ?? sequences.size + 1;
    sequences.set(messageId, sequence);
    const record = recordOf(body, messageId, { groupId, senderId, sequence });
    const sentAt = sentTimes.get(messageId) ?? at ?? clock.now();
    sentTimes.set(messageId, sentAt);
    record.attributes.SentTimestamp = String(sentAt);
    return record;
  };
  let seen = 0;
  return {
    simulator,
    crm,
    table,
    secrets,
    connections,
    outcomes,
    deadLetters,
    deferred,
    async deliver(bodies, { messageGroupId = simulator.accountId, senderId = "sender", forMs = 60_000, sentAt } = {}) {
      const records = bodies.map((body) => {
        messages += 1;
        const text = typeof body === "string" ? body : JSON.stringify(body);
        ids.set(`m-${messages}`, text);
        return sent(text, `m-${messages}`, messageGroupId, senderId, sentAt);
      });
      return (await run(records, forMs)).map((id) => ids.get(id) ?? id);
    },
    async deliverGroups(groups) {
      const records = groups.map(([messageGroupId, body]) => {
        messages += 1;
        const text = JSON.stringify(body);
        ids.set(`m-${messages}`, text);
        return sent(text, `m-${messages}`, messageGroupId, "sender");
      });
      return (await run(records, 60_000)).map((id) => ids.get(id) ?? id);
    },
    async send(message) {
      messages += 1;
      const text = typeof message === "string" ? message : JSON.stringify(message);
      const record = sent(text, `m-${messages}`, simulator.accountId, "sender");
      const before = outcomes.length;
      for (let turn = 0; turn < 80; turn += 1) {
        messages += 1;
        const again = await run([record], 60_000);
        if (again.length > 0) skippedMs += (await openMessages()).waitMs;
        const outcome = outcomes[before];
        if (again.length === 0 && outcome) return outcome;
      }
      throw new Error(`The message has no outcome: ${JSON.stringify(deferred)}`);
    },
    redeliver: (messageId, body) => {
      messages += 1;
      return run([sent(body, messageId, simulator.accountId, "sender")], 60_000);
    },
    operations() {
      const names = simulator.requests
        .slice(seen)
        .flatMap(({ operation = "?" }) => (/token|login/i.test(operation) ? [] : [operation]));
      seen = simulator.requests.length;
      return names;
    },
    wakes: () => wakes.splice(0),
    account: () =>
      dependencies
        .ringcxFor(simulator.accountId)
        .account(simulator.accountId, { priority: "urgent", deadline: clock.now() + 60_000 }),
    now: () => clock.now(),
    work: (forMs = 60_000) => work(forMs),
    open: async () => (await openMessages()).items.map(({ messageId }) => String(messageId)),
    outcomeTopic,
    counted,
    logged,
    skip(ms) {
      skippedMs += ms;
    },
    async stop() {
      await simulator.stop();
      await crm.stop();
    },
  };
}

/** The secret of the CRM's credential, tagged for these accounts. */
export function crmSecret(crm: CrmEndpoint, accountIds: readonly string[]): FakeSecret {
  return {
    value: JSON.stringify({
      clientId: crm.clientId,
      secret: crm.issueClientSecret(),
      tokenUrl: `${crm.url}/oauth/token`,
      grantType: "CLIENT_CREDENTIALS",
    }),
    versionId: "secret-v1",
    tags: {
      "ringcx:connection": "local",
      "ringcx:accounts": accountIds.join(" "),
      "ringcx:hosts": crm.host,
    },
  };
}

/** Secrets Manager's client, answered from memory: nothing is sent. */
function fakeSecrets(secrets: ReadonlyMap<string, FakeSecret>): SecretsManagerClient {
  const client = new SecretsManagerClient({ region: "us-east-1" });
  client.middlewareStack.add(
    (_next, { commandName }) =>
      async ({ input }) => {
        const asked = "SecretId" in input ? String(input.SecretId) : "";
        const arnOf = (name: string) => secrets.get(name)?.arn ?? `arn:secret:${name}`;
        const secretId = [...secrets.keys()].find((name) => asked === name || asked === arnOf(name)) ?? "";
        const secret = secrets.get(secretId);
        if (secret?.describeFails !== undefined && commandName === "DescribeSecretCommand") {
          throw Object.assign(new Error("of the test"), { name: secret.describeFails });
        }
        if (!secret) throw new ResourceNotFoundException({ message: "no such secret", $metadata: {} });
        const ARN = arnOf(secretId);
        const $metadata = {};
        if (commandName === "DescribeSecretCommand") {
          const Tags = Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value }));
          const DeletedDate = secret.isDeleted ? new Date(0) : undefined;
          const VersionIdsToStages = { [secret.versionId]: ["AWSCURRENT"] };
          return { output: { $metadata, ARN, Tags, DeletedDate, VersionIdsToStages }, response: undefined };
        }
        const VersionId = ("VersionId" in input && input.VersionId) || secret.versionId;
        const SecretString = VersionId === secret.versionId ? secret.value : secret.versions?.[String(VersionId)];
        if (SecretString === undefined) throw new ResourceNotFoundException({ message: "no version", $metadata: {} });
        return { output: { $metadata, ARN, SecretString, VersionId }, response: undefined };
      },
    { step: "initialize" },
  );
  return client;
}

function recordOf(
  body: string,
  messageId: string,
  { groupId, senderId, sequence }: { groupId: string; senderId: string; sequence: number },
): SQSRecord {
  return {
    messageId,
    receiptHandle: messageId,
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "0",
      SenderId: senderId,
      ApproximateFirstReceiveTimestamp: "0",
      MessageGroupId: groupId,
      SequenceNumber: String(sequence).padStart(20, "0"),
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:ProvisioningQueue.fifo",
    awsRegion: "us-east-1",
  };
}

let lastId = 0;

/** An apply message; each has a later time than the one before. */
export function applyMessage(resources: readonly object[], more: { data?: object; event?: object } = {}) {
  lastId += 1;
  return {
    specversion: "1.0",
    id: `apply-${lastId}`,
    source: "/test",
    type: "ringcx.apply.v1",
    time: new Date(1_700_000_000_000 + lastId * 1_000).toISOString(),
    data: { accountId: "123456", resources, ...more.data },
    ...more.event,
  };
}

/** A retirement, otherwise as {@link applyMessage}. */
export function retireMessage(...resources: readonly object[]) {
  return applyMessage(resources, { event: { type: "ringcx.retire.v1" } });
}

/** The source document's group. */
export const group = { kind: "httpServiceGroup", groupName: "CRM enrichment", isDefault: false };
/** The source document's auth config. */
export const authConfig = {
  kind: "authConfig",
  providerName: "CRM OAuth",
  authType: "OAUTH",
  description: "OAuth credentials for CRM lookup",
  secretId: "crm/oauth",
};

/** The source document's service, with a validation that the CRM passes. */
export function service(crm: CrmEndpoint, more: object = {}) {
  return {
    kind: "httpService",
    groupName: "CRM enrichment",
    serviceDescription: "Lookup customer by ANI",
    serviceType: "HTTP_POST",
    httpServiceConfig: { url: `${crm.url}/customers/lookup`, headers: { "Content-Type": "application/json" } },
    authConfig: "CRM OAuth",
    enableMappings: true,
    isDebug: false,
    httpServiceInputs: [
      { name: "ani", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" },
      { name: "queue", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "1" },
      { name: "agent", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "2" },
    ],
    isEnabled: true,
    validation: {
      method: "POST",
      body: { ani: "+15550100" },
      credential: { in: "HEADER", name: "Authorization", prefix: "Bearer " },
      expect: { status: 200, schema: { type: "object", required: ["customerId"] } },
    },
    ...more,
  };
}
