import { randomUUID } from "node:crypto";
import { Metrics } from "@aws-lambda-powertools/metrics";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { createBlastRadius } from "../../../functions/fail-over-services/apply/blast-radius.ts";
import { guardsSchema } from "../../../functions/fail-over-services/settings.ts";
import type { CommandDependencies } from "../../../functions/fail-over-services/triggers/commands.ts";
import type { TickDependencies } from "../../../functions/fail-over-services/triggers/start-sweeps.ts";
import type { TagsRead } from "../../../functions/fail-over-services/watchlist/find-alarm-tags.ts";
import type { IntakeDependencies } from "../../../functions/provision-services/intake/provision-batch.ts";
import type { WakeDependencies } from "../../../functions/provision-services/reconcile/work-accounts.ts";
import { createOutageFinder } from "../../../functions/rotate-credentials/read/dependent-services.ts";
import type { StepDependencies } from "../../../functions/rotate-credentials/steps/rotation-context.ts";
import type { ScheduleRunDependencies } from "../../../functions/rotate-credentials/sync/run-schedule.ts";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import type { Outcome } from "../../../shared/contract/outcome.ts";
import { createOutcomes, type Topics } from "../../../shared/outcomes/outcome-publisher.ts";
import type { Clock, Random } from "../../../shared/primitives/clock.ts";
import { createProbe } from "../../../shared/probe/probe.ts";
import { probeSettingsSchema } from "../../../shared/probe/probe-settings.ts";
import { createEndpointVerifier } from "../../../shared/proof/verify-at-endpoint.ts";
import type { AccountTick } from "../../../shared/queues/sweep-queue.ts";
import type { RingCx } from "../../../shared/ringcx/client/api.ts";
import { connect } from "../../../shared/ringcx/client/connect.ts";
import { connectionsSchema } from "../../../shared/ringcx/session/connection.ts";
import { createConnectionSecret } from "../../../shared/ringcx/session/connection-secret.ts";
import { SecretReader } from "../../../shared/secrets/secret-reader.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { Crash } from "../crash.ts";
import { clientOfRole, tableOfRole } from "../roles.ts";
import { accountIds, type CallKind, type Outside, type Through } from "./outside.ts";

/** What functions are built on in a simulated world. */
export interface FunctionsOptions {
  outside: Outside;
  /** A container's own. */
  clock: Clock;
  random: Random;
  through: Through;
  /** Puts a fault into the client that the functions call. */
  plant?: ((ringcx: RingCx) => RingCx) | undefined;
  /** What is published, as often as it is. */
  onOutcome(outcome: Outcome): void;
  onLog(...said: unknown[]): void;
  onWake(accountId: string, inMs: number): void;
  /** A message is to come again in so many milliseconds. */
  onPutOff(receiptHandle: string, inMs: number): void;
  /** An account is to be swept. @param tick of the schedule, once for each account */
  onSweep?: ((sweep: AccountTick, tick: string) => void) | undefined;
  /** What another deployment would change. */
  deployed?: Partial<Deployed> | undefined;
}

/** Settings of an environment that may change from one deployment to the next. */
export interface Deployed {
  mode: "enforce" | "observe" | "off";
  accountIds: string[];
  /** The connection's name; `undefined`: there is none. */
  connection: string | undefined;
  onChange: "report" | "rewrite";
  onViolation: "report" | "deactivate";
}

/** The functions as deployed, with the roles of the template, in one container each. */
export function functionsOf(options: FunctionsOptions) {
  const { outside, clock, random, through, onLog, plant = (ringcx) => ringcx } = options;
  const { crm, simulator } = outside;
  const { mode, onChange, onViolation, ...deployed } = { ...usual, ...options.deployed };
  const logger = { info: onLog, warn: onLog, error: onLog, debug: () => {} };
  const connections = connectionsSchema.parse([
    {
      name: deployed.connection ?? "local",
      accountIds: deployed.accountIds,
      ringcxUrl: simulator.url,
      platformUrl: simulator.url,
      secretId: "connection",
    },
  ]);
  const [connection] = connections;
  if (!connection) throw new Error("no connection");
  const probeSettings = probeSettingsSchema.parse({
    allowedHosts: [crm.host, outside.elsewhere.host],
    allowPrivateAddresses: true,
    allowHttp: true,
  });
  const realProbe = createProbe({ settings: probeSettings, clock });
  const probe: typeof realProbe = { check: (...asked) => through("probe", () => realProbe.check(...asked)) };
  const reached = reachedThrough(through, outside.table);
  const secrets = sendingThrough(through, "secrets", outside.secrets);
  const topics: Topics = {
    publish: ({ message }) => through("sns", async () => options.onOutcome(JSON.parse(message) as Outcome)),
  };
  const sqs = {
    send: ({ input }: { input: { ReceiptHandle?: string; VisibilityTimeout?: number } }) =>
      through("sqs", async () => options.onPutOff(String(input.ReceiptHandle), 1_000 * (input.VisibilityTimeout ?? 0))),
  } as unknown as SQSClient;
  const deadLetters = { keep: () => through("sqs", async () => {}) };
  const wakes = {
    wake: (accountId: string, inMs: number) => through("sqs", async () => options.onWake(accountId, inMs)),
  };

  /** What a function stands on: its own role, its own client with the shared session and quota. */
  const baseOf = (...role: string[]) => {
    const table = tableOfRole(role, reached);
    const client = clientOfRole(role, "secretsmanager", secrets);
    const ringcx = plant(
      connect({
        connection,
        table,
        secret: createConnectionSecret({ secretId: connection.secretId, secrets: client, clock }),
        clock,
        random,
        logger,
      }),
    );
    const topic = { topicArn: "arn:aws:sns:eu-central-1:000000000000:Outcomes", environment: "test" };
    const outcomes = createOutcomes({ table, topics, ...topic, clock });
    return {
      table,
      secrets: client,
      ringcxFor: () => ringcx,
      connections: deployed.connection === undefined ? [] : connections,
      clock,
      random,
      outcomes,
      logger,
    };
  };

  const provisioningOf = (): WakeDependencies => {
    const base = baseOf("ProvisionServices");
    const activation = createActivationStore({ table: base.table, clock });
    const metrics = new Metrics({ namespace: "test" });
    return { ...base, activation, probe, probeSettings, deadLetters, wakes, metrics };
  };

  const intakeOf = (): IntakeDependencies => ({
    ...baseOf("AcceptMessages"),
    deadLetters,
    wakes,
    extendVisibility: (messages, waitMs) =>
      through("sqs", async () => {
        for (const { receiptHandle } of messages) options.onPutOff(receiptHandle, Math.max(1_000, waitMs));
      }),
    settings: { senders: [] },
  });

  const rotationOf = (role: string): ScheduleRunDependencies => {
    const base = baseOf(role);
    return {
      ...base,
      verifyAtEndpoint: createEndpointVerifier({ table: base.table, clock, probe }),
      issuerOf: () => ({
        create: (...asked) => through("issuer", () => outside.issuer.create(...asked)),
        verify: (...asked) => through("issuer", () => outside.issuer.verify(...asked)),
        revoke: (...asked) => through("issuer", () => outside.issuer.revoke(...asked)),
      }),
      randomSecret: () => `random-${randomUUID()}`,
      newVersionId: randomUUID,
      findOutage: createOutageFinder({ table: base.table, clock }),
      unproven: { couldNotBeAsked: "wait", notProvable: "write" },
      onViolation,
      onChange,
      unmanagedAuthConfigs: [],
      home: { region: "eu-central-1", awsAccount: "000000000000" },
      onUnreadable: async () => {},
    };
  };

  const failoverOf = (): CommandDependencies & TickDependencies => {
    const base = baseOf("FailOverServices");
    return {
      ...base,
      secretReader: new SecretReader(base.secrets, clock, { tagsForMs: 0, valueForMs: 0 }),
      activation: createActivationStore({ table: base.table, clock }),
      readAlarmStates: (arns) =>
        through(
          "cloudwatch",
          async () => new Map(arns.map((arn) => [arn, outside.alarms.get(arn) ?? { state: "MISSING" as const }])),
        ),
      probe,
      verifyAtEndpoint: createEndpointVerifier({ table: base.table, clock, probe }),
      findAlarmTags: () => findAlarmTags(outside, through),
      onUnreadable: () => {},
      blastRadius: createBlastRadius({
        table: base.table,
        clock,
        random,
        onUnreadable: () => {},
        settings: guards.blastRadius,
      }),
      settings: {
        mode,
        recoverAfterSeconds: 300,
        probesInARow: 3,
        leastSecondsBetweenProbes: 40,
        guards,
        alarmRegions: ["eu-central-1"],
        awsAccountId: "000000000000",
        alarmReadRoleArns: {},
      },
      onGuardTriggered: () => {},
      sqs,
      alarmQueueUrl: "http://127.0.0.1/alarms",
      commandQueueUrl: "http://127.0.0.1/commands",
      commandSenders: [],
      deadLetters,
      sweeps: {
        send: (sweeps, tick) =>
          through("sqs", async () => {
            for (const sweep of sweeps) options.onSweep?.(sweep, tick);
            return [];
          }),
      },
    };
  };

  const [intake, provisioning, failover] = [once(intakeOf), once(provisioningOf), once(failoverOf)];
  const rotation = once(() => rotationOf("RotateCredentials"));
  // Its own role, without what the schedule alone may do.
  const steps = once((): StepDependencies => rotationOf("RotateSecret"));
  return {
    get intake() {
      return intake();
    },
    get provisioning() {
      return provisioning();
    },
    get rotation() {
      return rotation();
    },
    get steps() {
      return steps();
    },
    get failover() {
      return failover();
    },
  };
}

/** What a container never runs is never built. */
function once<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const guards = guardsSchema.parse({});

/** See {@link functionsOf}. */
export type Functions = ReturnType<typeof functionsOf>;

const usual: Deployed = {
  mode: "enforce",
  accountIds,
  connection: "local",
  onChange: "report",
  onViolation: "report",
};

/** As the tagging API is read: what it refuses is a place that could not be read. */
async function findAlarmTags({ alarmTags }: Outside, through: Through): Promise<TagsRead> {
  try {
    return await through("cloudwatch", async () => {
      return { tags: [...alarmTags].map(([alarmArn, value]) => ({ alarmArn, value })), unread: [] };
    });
  } catch (error) {
    if (error instanceof Crash) throw error;
    const place = { region: "eu-central-1", account: "000000000000", roleArn: undefined };
    return { tags: [], unread: [{ ...place, because: "it was refused" }] };
  }
}

function reachedThrough(through: Through, table: StateTable): StateTable {
  return {
    get: (...args) => through("table", () => table.get(...args)),
    put: (...args) => through("table", () => table.put(...args)),
    update: (...args) => through("table", () => table.update(...args)),
    delete: (...args) => through("table", () => table.delete(...args)),
    query: (...args) => through("table", () => table.query(...args)),
  };
}

/** An AWS client, each of whose calls is made through something. */
function sendingThrough<Client extends object>(through: Through, kind: CallKind, client: Client): Client {
  return new Proxy(client, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (name !== "send" || typeof value !== "function") return value;
      return (...args: unknown[]) => through(kind, async () => (await Reflect.apply(value, target, args)) as unknown);
    },
  });
}
