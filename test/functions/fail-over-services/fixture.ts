import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { createBlastRadius } from "../../../functions/fail-over-services/apply/blast-radius.ts";
import type { AlarmState } from "../../../functions/fail-over-services/evidence/evidence.ts";
import { guardsSchema } from "../../../functions/fail-over-services/settings.ts";
import { processAlarms } from "../../../functions/fail-over-services/triggers/alarm-events.ts";
import { type CommandDependencies, processCommands } from "../../../functions/fail-over-services/triggers/commands.ts";
import { followTags } from "../../../functions/fail-over-services/triggers/follow-tags.ts";
import { startSweeps, type TickDependencies } from "../../../functions/fail-over-services/triggers/start-sweeps.ts";
import type { SweepResult } from "../../../functions/fail-over-services/triggers/sweep-account.ts";
import { sweepAccounts } from "../../../functions/fail-over-services/triggers/sweep-accounts.ts";
import type { AlarmTag, UnreadPlace } from "../../../functions/fail-over-services/watchlist/find-alarm-tags.ts";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { type RingCxSimulator, startRingCxSimulator } from "../../../infra/local/ringcx-simulator/server.ts";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import type { Health } from "../../../shared/contract/fields/health.ts";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import type { ProbeResult } from "../../../shared/probe/probe.ts";
import type { AccountTick } from "../../../shared/queues/sweep-queue.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { alarmServiceKey } from "../../../shared/records/alarm-links.ts";
import { createRingCx } from "../../../shared/ringcx/client/client.ts";
import type { Quota } from "../../../shared/ringcx/quota/quota.ts";
import { connectionsSchema } from "../../../shared/ringcx/session/connection.ts";
import type { Session } from "../../../shared/ringcx/session/session.ts";
import { SecretReader } from "../../../shared/secrets/secret-reader.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { oneToken, openQuota, testClock } from "../../support/client-fakes.ts";
import { tableOfRole } from "../../support/roles.ts";
import { StableIds } from "../../support/stable-ids.ts";

export const accountId = "123456";
/** How long an invocation may take, in milliseconds. */
export const invocationMs = 50_000;

/** @param name or an ARN already */
export function arnOf(name: string): string {
  if (name.startsWith("arn:")) return name;
  return `arn:aws:cloudwatch:eu-central-1:000000000000:alarm:${name}`;
}

/** RingCX (the simulator, over HTTP), alarms and probes that a test sets, the table in memory, a clock to move. */
export async function startFixture(
  settings: Partial<CommandDependencies["settings"]> = {},
  {
    table = new MemoryStateTable(),
    quota = () => openQuota(),
    profile,
    session = ({ accessToken }) => oneToken(accessToken),
  }: {
    table?: StateTable;
    quota?: (clock: Clock) => Quota;
    /** What RingCX is assumed to do; its clock is then the test's. */
    profile?: Partial<Profile>;
    session?: (simulator: RingCxSimulator, clock: Clock) => Session;
  } = {},
) {
  const ownTable = tableOfRole(["FailOverServices"], table);
  // Synthesizes the template, once, for seconds: a connection that is open meanwhile may be gone afterwards.
  await ownTable.get({ pk: "ROLE", sk: "ROLE" });
  const clock = testClock(Date.now() + 60_000);
  const simulator = await startRingCxSimulator({
    accounts: [accountId],
    limit: 100_000,
    // Where no answer of RingCX depends on its clock, its tokens last as long as the test.
    ...(profile && { profile, now: clock.now, tokenLifeMs: 365 * 86_400_000 }),
  });
  const alarms = new Map<string, AlarmState>();
  const outcomes: OutcomeData[] = [];
  const ids = new StableIds();
  const rejected: string[] = [];
  /** What was said of items that were rebuilt. */
  const rebuilt: string[] = [];
  /** For how long failed commands and events were hidden, in seconds. */
  const hidden: number[] = [];
  /** What was asked: one entry a question, as long as its list of alarms. */
  const questions: number[] = [];
  const probe: { result: ProbeResult; asked: number } = { result: { passed: true, ms: 1 }, asked: 0 };
  const oneQuota = quota(clock);
  const ringcx = createRingCx({
    connection: { name: "main", ringcxUrl: simulator.url },
    session: session(simulator, clock),
    quotaFor: () => oneQuota,
    clock,
    random: () => 0.5,
  });
  const deadline = () => clock.now() + invocationMs;
  const tags: AlarmTag[] = [];
  /** Where the tags of alarms cannot be read. */
  const unread: UnreadPlace[] = [];
  const guards = { triggered: 0 };
  const complete: CommandDependencies["settings"] = {
    mode: "enforce",
    recoverAfterSeconds: 300,
    probesInARow: 3,
    leastSecondsBetweenProbes: 40,
    guards: guardsSchema.parse({}),
    alarmRegions: ["eu-central-1"],
    awsAccountId: "000000000000",
    alarmReadRoleArns: {},
    ...settings,
  };
  const secrets = new SecretsManagerClient({ region: "eu-central-1" });
  const sent: AccountTick[] = [];
  const dependencies: CommandDependencies & TickDependencies = {
    sweeps: {
      send: async (ticks) => {
        sent.push(...ticks);
        return [];
      },
    },
    table: ownTable,
    secrets,
    verifyAtEndpoint: async () => ({ kind: "ACCEPTED" }),
    outcomes: {
      publish: async (data, time = new Date(clock.now()).toISOString()) => {
        outcomes.push(data);
        // A command that comes again is known by its stored outcome, and none is stored here.
        if (data.cause.type !== "ringcx.command.v1")
          ids.see({ id: `${data.cause.source}/${data.cause.id}`, time, data });
        const source = "/ringcx-automation/test";
        return { specversion: "1.0", type: "ringcx.outcome.v1", source, id: data.cause.id, time, data };
      },
    },
    ringcxFor: () => ringcx,
    secretReader: new SecretReader(secrets, clock, {
      tagsForMs: 0,
      valueForMs: 0,
    }),
    connections: connectionsSchema.parse([
      { name: "main", accountIds: [accountId], ringcxUrl: simulator.url, platformUrl: simulator.url, secretId: "main" },
    ]),
    activation: createActivationStore({ table: ownTable, clock }),
    readAlarmStates: async (arns) => {
      questions.push(arns.length);
      return new Map(arns.map((arn) => [arn, alarms.get(arn) ?? { state: "MISSING" }]));
    },
    probe: {
      check: async () => {
        probe.asked += 1;
        return probe.result;
      },
    },
    findAlarmTags: async () => ({ tags: [...tags], unread: [...unread] }),
    random: () => 0.5,
    onUnreadable: (error) => void rebuilt.push(error.message),
    blastRadius: createBlastRadius({
      table: ownTable,
      clock,
      random: () => 0.5,
      onUnreadable: (error) => void rebuilt.push(error.message),
      settings: complete.guards.blastRadius,
    }),
    settings: complete,
    clock,
    onGuardTriggered: () => {
      guards.triggered += 1;
    },
    logger: { warn: () => {}, error: () => {} },
    sqs: Object.assign(new SQSClient({ region: "eu-central-1" }), {
      send: async ({ input }: { input: { VisibilityTimeout?: number } }) => {
        if (input.VisibilityTimeout !== undefined) hidden.push(input.VisibilityTimeout);
      },
    }),
    alarmQueueUrl: "http://127.0.0.1/alarms",
    commandQueueUrl: "http://127.0.0.1/commands",
    commandSenders: [],
    deadLetters: { keep: async ({ body }) => void rejected.push(body) },
  };
  const admin = ringcx.account(accountId, { priority: "bulk" });
  const group = await admin.groups.create({ groupName: "CRM", isDefault: false });
  let messages = 0;
  /** How often what comes has been delivered. */
  const deliveries = { count: 2 };
  const records = (bodies: readonly unknown[], senderId: string | undefined = "test"): SQSEvent => ({
    Records: bodies.map((body) => {
      messages += 1;
      return {
        messageId: `m${messages}`,
        body: typeof body === "string" ? body : JSON.stringify(body),
        receiptHandle: `r${messages}`,
        attributes: {
          ApproximateReceiveCount: String(deliveries.count),
          SentTimestamp: String(clock.now()),
          SenderId: senderId,
          ApproximateFirstReceiveTimestamp: "0",
        },
        messageAttributes: {},
        md5OfBody: "",
        eventSource: "aws:sqs",
        eventSourceARN: "arn:aws:sqs:eu-central-1:000000000000:test",
        awsRegion: "eu-central-1",
      };
    }),
  });

  const fixture = {
    simulator,
    clock,
    table,
    outcomes,
    rejected,
    rebuilt,
    hidden,
    questions,
    probe,
    tags,
    unread,
    guards,
    dependencies,
    secrets,
    deliveries,

    /** An active service as provisioning leaves it behind. */
    async service(
      serviceDescription: string,
      health: Health = {},
      {
        isProbed = true,
        method = "GET",
        expect = {},
        url = "https://crm.example.com",
        authConfig,
      }: { isProbed?: boolean; method?: string; expect?: object; url?: string; authConfig?: string } = {},
    ) {
      const service = await fixture.undeclared(serviceDescription);
      const { name, serviceGroupId, serviceId } = service;
      const manifest = {
        kind: "httpService",
        groupName: "CRM",
        serviceDescription,
        health,
        httpServiceConfig: { url },
        ...(authConfig !== undefined && { authConfig }),
        ...(isProbed && {
          validation: { method, expect, ...(authConfig && { credential: { in: "HEADER", name: "X-Key" } }) },
        }),
      };
      await table.put({ ...serviceRecordKey(name), ...name, serviceGroupId, serviceId, manifest });
      for (const arn of health.alarms ?? []) {
        await table.put({ ...alarmServiceKey(arn, name), ...name, serviceGroupId, serviceId });
      }
      await dependencies.activation.change(name, { lastAppliedState: true });
      return service;
    },

    /** A service that somebody made in the admin page. */
    async undeclared(serviceDescription: string, isEnabled = true) {
      const { serviceGroupId } = group;
      const { serviceId } = await admin.services.create(serviceGroupId, {
        accountId,
        serviceType: "HTTP_GET",
        serviceDescription,
        httpServiceConfig: { url: "https://crm.example.com" },
        isEnabled: false,
      });
      if (isEnabled) await admin.services.setActive(serviceGroupId, serviceId, true);
      simulator.clearRequests();
      const name = { accountId, groupName: "CRM", serviceDescription };
      return {
        name,
        serviceGroupId,
        serviceId,
        /** As an alarm's tag names it. */
        ids: `${accountId}/${serviceGroupId}/${serviceId}`,
        isActive: () =>
          simulator.state(accountId).groups[0]?.services.find((one) => one.serviceId === serviceId)?.isEnabled,
        reasons: async () => (await dependencies.activation.get(name)).reasons.map(({ kind }) => kind),
        /** A person in the admin page. */
        setByHand: (isActive: boolean) => admin.services.setActive(serviceGroupId, serviceId, isActive),
      };
    },

    /** @param muted why CloudWatch takes none of its actions */
    setAlarm(
      name: string,
      state: "OK" | "ALARM" | "INSUFFICIENT_DATA" | "UNKNOWN",
      reason = `it is ${state}`,
      muted?: string,
    ) {
      const since = new Date(clock.now()).toISOString();
      const known = { reason, since, ...(muted !== undefined && { muted }) };
      alarms.set(arnOf(name), state === "UNKNOWN" ? { state, because: "AccessDenied" } : { state, ...known });
    },
    deleteAlarm: (name: string) => alarms.delete(arnOf(name)),

    events: (...names: readonly string[]) => fixture.event(names.map((name) => ({ resources: [arnOf(name)] }))),
    event: (bodies: readonly unknown[]) => processAlarms(dependencies, records(bodies), { deadline: deadline() }),
    /** A tick of the schedule, and the sweeps that it asks for: first the accounts, then the tags. */
    async sweep(): Promise<SweepResult> {
      const errors = await startSweeps(dependencies, new Date(clock.now()).toISOString());
      const event = records(sent.splice(0));
      const swept: SweepResult[] = [];
      await sweepAccounts(dependencies, event, { deadline: deadline() }, (one) => swept.push(one));
      const tags = await followTags(dependencies, { deadline: deadline() });
      const sum = (of: (one: SweepResult) => number) => swept.reduce((total, one) => total + of(one), 0);
      return {
        errors: [...errors, ...swept.flatMap((one) => one.errors), ...tags.errors],
        inactive: sum(({ inactive }) => inactive),
        inactiveTooLong: sum(({ inactiveTooLong }) => inactiveTooLong),
        notAsked: sum(({ notAsked }) => notAsked) + tags.unread,
        unreadable: sum(({ unreadable }) => unreadable),
      };
    },

    command(command: string, serviceDescription: string, more: Record<string, unknown> = {}, time?: string) {
      messages += 1;
      return fixture.commands({
        specversion: "1.0",
        id: `c${messages}`,
        source: "/ops",
        type: "ringcx.command.v1",
        time: time ?? new Date(clock.now()).toISOString(),
        data: { command, accountId, groupName: "CRM", serviceDescription, by: "ada", why: "test", ...more },
      });
    },
    commands: (...bodies: readonly unknown[]) =>
      processCommands(dependencies, records(bodies), { deadline: deadline() }),
    /** @param senderId SQS's, `undefined` where SQS says none */
    commandsBy(senderId: string | undefined, ...bodies: readonly unknown[]) {
      const event = records(bodies, senderId);
      if (senderId === undefined)
        for (const { attributes } of event.Records) Reflect.deleteProperty(attributes, "SenderId");
      return processCommands(dependencies, event, { deadline: deadline() });
    },

    /** Requests to RingCX since the last time, by operation. */
    takeRequests() {
      const operations = simulator.requests.map(({ operation }) => operation);
      simulator.clearRequests();
      return operations;
    },
    takeOutcomes: () => outcomes.splice(0),
    /** Lets time go by and sweeps each minute, as the schedule does. */
    async minutes(count: number) {
      for (let minute = 0; minute < count; minute += 1) {
        await clock.sleep(60_000);
        await fixture.sweep();
      }
    },
    async stop() {
      await simulator.stop();
      ids.check();
    },
  };
  return fixture;
}

export type Fixture = Awaited<ReturnType<typeof startFixture>>;
