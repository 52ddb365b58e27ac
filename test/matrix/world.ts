import { randomUUID } from "node:crypto";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { createBlastRadius } from "../../functions/fail-over-services/apply/blast-radius.ts";
import type { AlarmState } from "../../functions/fail-over-services/evidence/evidence.ts";
import { guardsSchema } from "../../functions/fail-over-services/settings.ts";
import { processAlarms } from "../../functions/fail-over-services/triggers/alarm-events.ts";
import { sweepAccount } from "../../functions/fail-over-services/triggers/sweep-account.ts";
import { provisionBatch } from "../../functions/provision-services/intake/provision-batch.ts";
import { workAccounts } from "../../functions/provision-services/reconcile/work-accounts.ts";
import { createOutageFinder } from "../../functions/rotate-credentials/read/dependent-services.ts";
import { runSchedule, type ScheduleRunDependencies } from "../../functions/rotate-credentials/sync/run-schedule.ts";
import { createEndpointVerifier } from "../../functions/rotate-credentials/write/verify-at-endpoint.ts";
import { startCrmEndpoint } from "../../infra/local/demo/crm-endpoint.ts";
import type { AwsService } from "../../infra/local/gateway/aws-request.ts";
import { startGateway } from "../../infra/local/gateway/gateway.ts";
import type { Profile } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { startRingCxSimulator } from "../../infra/local/ringcx-simulator/server.ts";
import { SecretStore } from "../../infra/local/secrets-manager/secret-store.ts";
import { secretsManagerService } from "../../infra/local/secrets-manager/secrets-manager-service.ts";
import { createActivationStore } from "../../shared/activation/activation-store.ts";
import type { OutcomeData } from "../../shared/contract/outcome.ts";
import type { Outcomes } from "../../shared/outcomes/outcome-publisher.ts";
import { createProbe } from "../../shared/probe/probe.ts";
import { probeSettingsSchema } from "../../shared/probe/probe-settings.ts";
import type { RingCx } from "../../shared/ringcx/client/api.ts";
import { connect } from "../../shared/ringcx/client/connect.ts";
import { connectionsSchema } from "../../shared/ringcx/session/connection.ts";
import { createConnectionSecret } from "../../shared/ringcx/session/connection-secret.ts";
import { SecretReader } from "../../shared/secrets/secret-reader.ts";
import { MemoryStateTable } from "../../shared/state/memory-table.ts";
import type { StateTable } from "../../shared/state/table.ts";
import { clientOfRole, tableOfRole } from "../support/roles.ts";
import { seeded } from "../support/virtual-time.ts";
import { recordOf } from "./record-of.ts";

/** Two sub-accounts: what is made in the first is promoted to the second. */
export const [testAccount, productionAccount] = ["123456", "223456"] as const;
const accountIds = [testAccount, productionAccount];

/** How long a request to RingCX takes, in milliseconds of virtual time. */
const requestMs = 40;

/** What differs from the usual, beside RingCX. */
export interface WorldOptions {
  /** @default a new one */
  table?: StateTable;
  /** Puts a fault into the client that the functions call. */
  plant?: (ringcx: RingCx) => RingCx;
}

/**
 * The three functions as deployed, in one process and on virtual time: with the roles of the template, RingCX's limits and
 * one table; RingCX behaves as a profile says.
 */
export async function startWorld(
  profile: Partial<Profile>,
  { table = new MemoryStateTable(), plant = (ringcx) => ringcx }: WorldOptions = {},
) {
  let now = Date.UTC(2030, 0, 1);
  const pass = (ms: number) => {
    now += ms;
  };
  const clock = { now: () => now, sleep: async (ms: number) => pass(Math.max(0, ms)) };
  const random = seeded(1);
  const simulator = await startRingCxSimulator({
    accounts: accountIds,
    now: clock.now,
    profile,
    seed: foreignResources(profile),
  });
  const crm = await startCrmEndpoint();
  const store = new SecretStore("eu-central-1", "000000000000");
  const services = new Map<string, AwsService>();
  services.set("secretsmanager", secretsManagerService({ store, rotation: { start: () => randomUUID(), test() {} } }));
  const gateway = await startGateway({ services, authorize: () => {} });
  const secrets = new SecretsManagerClient({
    endpoint: gateway.endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  const alarms = new Map<string, AlarmState>();
  const told: OutcomeData[] = [];
  const logged: string[] = [];
  const log = (...said: unknown[]) => void logged.push(JSON.stringify(said));
  const logger = { info: log, warn: log, error: log };
  const outcomes: Outcomes = {
    async publish(data) {
      told.push(structuredClone(data));
      return { specversion: "1.0", type: "ringcx.outcome.v1", source: "/test", id: "x", time: "", data };
    },
  };
  const connections = connectionsSchema.parse([
    {
      name: "local",
      accountIds,
      ringcxUrl: simulator.url,
      platformUrl: simulator.platformUrl,
      secretId: "connection",
    },
  ]);
  const { clientId, clientSecret, jwt } = simulator;
  await secrets.send(
    new CreateSecretCommand({ Name: "connection", SecretString: JSON.stringify({ clientId, clientSecret, jwt }) }),
  );
  const probeSettings = probeSettingsSchema.parse({
    allowedHosts: [crm.host],
    allowPrivateAddresses: true,
    allowHttp: true,
  });
  const probe = createProbe({ settings: probeSettings, clock });
  const isTimely = { debug: () => pass(requestMs), info: () => pass(requestMs), warn: log };

  /** What a function stands on: its own role, its own client with the shared session and quota. */
  const baseOf = (...role: string[]) => {
    const own = tableOfRole(role, table);
    const [connection] = connections;
    if (!connection) throw new Error("no connection");
    const client = clientOfRole(role, "secretsmanager", secrets);
    const ringcx = plant(
      connect({
        connection,
        table: own,
        secret: createConnectionSecret({ secretId: connection.secretId, secrets: client, clock }),
        clock,
        random,
        logger: isTimely,
      }),
    );
    return { table: own, secrets: client, ringcxFor: () => ringcx, connections, clock, random, outcomes, logger };
  };

  const provisioningBase = baseOf("ProvisionServices");
  const woken = new Set<string>();
  const provisioning: Parameters<typeof provisionBatch>[1] & Parameters<typeof workAccounts>[1] = {
    ...provisioningBase,
    activation: createActivationStore({ table: provisioningBase.table, clock }),
    probe,
    probeSettings,
    deadLetters: { keep: async () => {} },
    extendVisibility: async () => {},
    wakes: { wake: async (accountId) => void woken.add(accountId) },
    metrics: new Metrics({ namespace: "test" }),
    settings: { senders: [] },
  };

  const intake = { ...provisioning, table: tableOfRole(["AcceptMessages"], table) };

  const rotationBase = baseOf("RotateCredentials", "RotateSecret");
  const rotation: ScheduleRunDependencies = {
    ...rotationBase,
    verifyAtEndpoint: createEndpointVerifier({ table: rotationBase.table, clock, probe }),
    issuerOf: () => {
      throw new Error("no issuer");
    },
    randomSecret: () => `random-${randomUUID()}`,
    newVersionId: randomUUID,
    findOutage: createOutageFinder({ table: rotationBase.table, clock }),
    unproven: { couldNotBeAsked: "wait", notProvable: "write" },
    onViolation: "report",
    onChange: "report",
    unmanagedAuthConfigs: [],
    home: { region: "eu-central-1", awsAccount: "000000000000" },
    onUnreadable: async () => {},
  };

  const failoverBase = baseOf("FailOverServices");
  const guards = guardsSchema.parse({});
  const failover: Parameters<typeof processAlarms>[0] = {
    ...failoverBase,
    secretReader: new SecretReader(failoverBase.secrets, clock, { tagsForMs: 0, valueForMs: 0 }),
    activation: createActivationStore({ table: failoverBase.table, clock }),
    readAlarmStates: async (arns) => new Map(arns.map((arn) => [arn, alarms.get(arn) ?? { state: "MISSING" }])),
    probe,
    findAlarmTags: async () => ({ tags: [], unread: [] }),
    onUnreadable: () => {},
    blastRadius: createBlastRadius({
      table: failoverBase.table,
      clock,
      random,
      onUnreadable: () => {},
      settings: guards.blastRadius,
    }),
    settings: {
      mode: "enforce",
      recoverAfterSeconds: 300,
      probesInARow: 3,
      leastSecondsBetweenProbes: 40,
      guards,
      alarmRegions: ["eu-central-1"],
      awsAccountId: "000000000000",
      alarmReadRoleArns: {},
    },
    onGuardTriggered: () => {},
    sqs: new SQSClient({ region: "eu-central-1" }),
    alarmQueueUrl: "http://127.0.0.1/alarms",
  };
  const deadline = () => ({ deadline: now + 120_000 });

  let messages = 0;
  /** What was last put into each secret. */
  const values = new Map<string, Readonly<Record<string, unknown>>>();
  return {
    simulator,
    crm,
    told,
    logged,
    values,

    /** A message through the queue and the account's work, until it has ended; its outcome, or nothing after an hour. */
    async send(body: { data: { accountId: string } }): Promise<OutcomeData | undefined> {
      messages += 1;
      const before = told.length;
      const accountId = body.data.accountId;
      const record = recordOf(JSON.stringify(body), `m-${messages}`, accountId);
      await provisionBatch({ Records: [record] }, intake, deadline());
      const until = now + 3_600_000;
      while (woken.size > 0 && now < until) {
        const [next = accountId] = woken;
        woken.delete(next);
        messages += 1;
        const wake = recordOf(JSON.stringify({ accountId: next }), `wake-${messages}`, "");
        const invocation = { requestId: `request-${messages}`, deadline: now + 60_000 };
        await workAccounts({ Records: [wake] }, provisioning, invocation).catch((error: unknown) => {
          log("work failed", String(error));
          woken.add(next);
        });
        if (woken.size > 0) pass(15_000);
      }
      woken.clear();
      return told.slice(before).at(-1);
    },

    /** A secret whose tags allow both accounts and the CRM. */
    async createSecret(name: string, value: Readonly<Record<string, unknown>>): Promise<void> {
      values.set(name, value);
      const tags = { "ringcx:connection": "local", "ringcx:accounts": accountIds.join(" "), "ringcx:hosts": crm.host };
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      await secrets.send(new CreateSecretCommand({ Name: name, SecretString: JSON.stringify(value), Tags }));
    },
    async putSecret(name: string, value: Readonly<Record<string, unknown>>): Promise<void> {
      values.set(name, value);
      await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: JSON.stringify(value) }));
    },

    /** Ticks of rotation's schedule, five minutes apart. */
    async ticks(count: number): Promise<void> {
      for (let tick = 0; tick < count; tick += 1) {
        pass(5 * 60_000);
        await runSchedule(rotation, { requestId: randomUUID(), ...deadline() });
      }
    },

    async alarm(arn: string, state: "OK" | "ALARM"): Promise<void> {
      alarms.set(arn, { state, reason: `it is ${state}`, since: new Date(now).toISOString() });
      const body = JSON.stringify({ resources: [arn] });
      await processAlarms(failover, { Records: [recordOf(body, `a-${now}`, "")] }, deadline());
    },
    /** Failover's sweeps, a minute apart. */
    async minutes(count: number): Promise<void> {
      for (let minute = 0; minute < count; minute += 1) {
        pass(60_000);
        for (const accountId of accountIds) {
          const { readAlarmStates } = failover;
          await sweepAccount(failover, accountId, { ...deadline(), isTreeRead: true, readAlarmStates });
        }
      }
    },

    /** Messages that have not ended. */
    async open(): Promise<number> {
      const items = await Promise.all(accountIds.map((id) => table.query(`ACCOUNT#${id}`, "OPEN#")));
      return items.flat().length;
    },
    async stop(): Promise<void> {
      secrets.destroy();
      await gateway.close();
      await crm.stop();
      await simulator.stop();
    },
  };
}

/**
 * What somebody made in the admin page, and the story may not touch: where lists come in another way than by default more
 * than one page of each.
 */
function foreignResources(profile: Partial<Profile>) {
  const isPaged = Object.keys(profile).some((name) => /^(lists|consistency)\./.test(name));
  const service = (number: number) => ({
    serviceType: "HTTP_GET",
    serviceDescription: `Old ${number}`,
    httpServiceConfig: '{"url":"https://old.example.com/"}',
  });
  const authConfig = (number: number) => ({
    authType: "APIKEY",
    providerName: `Old ${number}`,
    apiKey: `old-${number}`,
  });
  const many = <T>(count: number, make: (number: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index));
  const groups = [{ groupName: "CRM enrichment", services: many(isPaged ? 22 : 1, service) }];
  return { accounts: [{ accountId: testAccount, groups, authConfigs: many(isPaged ? 120 : 1, authConfig) }] };
}

/** See {@link startWorld}. */
export type World = Awaited<ReturnType<typeof startWorld>>;
