import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { EnvironmentInput } from "../../infra/environments.ts";
import { addressesOf } from "../../infra/local/demo/addresses.ts";
import { localSystemFile } from "../../infra/local/demo/local-system.ts";
import { startLocalHost } from "../../infra/local/host.ts";
import type { Profile } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import type { Seed } from "../../infra/local/ringcx-simulator/seed.ts";
import { startRingCxSimulator } from "../../infra/local/ringcx-simulator/server.ts";
import { type CliOptions, runLine } from "./cli.ts";

/** The whole system as `npm start -- --stay` runs it, its addresses in a folder of its own, and an endpoint beside it. */
export async function startHostedSystem({
  accounts,
  accountsOfSettings = accounts,
  seed,
  profile = {},
  allowedHosts = [],
  clockFactor = 0,
  failover = {},
}: {
  /** Those that RingCX has. */
  accounts: readonly [string, ...string[]];
  /** Those of the settings. @default all */
  accountsOfSettings?: readonly string[];
  /** How many times faster schedules run; 0: not at all. */
  clockFactor?: number;
  failover?: EnvironmentInput["failover"];
  /** What people have clicked together. */
  seed?: Seed;
  /** How RingCX behaves. */
  profile?: Partial<Profile>;
  /** Hosts beside the endpoint that may be asked. */
  allowedHosts?: readonly string[];
}) {
  const simulator = await startRingCxSimulator({
    accounts: [...accounts],
    limit: 10_000,
    profile,
    ...(seed && { seed }),
  });
  let isUp = true;
  let refusedKey: string | undefined;
  const endpoint = createServer(({ headers }, response) => {
    const isRefused = refusedKey !== undefined && headers["x-api-key"] === refusedKey;
    response.writeHead(isRefused ? 401 : isUp ? 200 : 503).end("{}");
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
  const { url: ringcxUrl, platformUrl, clientId, clientSecret, jwt } = simulator;
  const environment = {
    name: "cli",
    region: "eu-central-1",
    connections: [
      { name: "main", accountIds: [...accountsOfSettings], ringcxUrl, platformUrl, quota: { limit: 10_000 } },
    ],
    probe: { allowedHosts: [address, ...allowedHosts], allowPrivateAddresses: true, allowHttp: true },
    notifications: { chat: {} },
    failover: {
      recoverAfterSeconds: 0,
      probesInARow: 1,
      leastSecondsBetweenProbes: 0,
      guards: { blastRadius: { share: 1 } },
      ...failover,
    },
  };
  const host = await startLocalHost({ clockFactor, environment });
  const directory = await mkdtemp(join(tmpdir(), "ops-"));
  const system = addressesOf(host, environment);
  await writeFile(join(directory, localSystemFile), JSON.stringify(system));

  const secrets = new SecretsManagerClient(host.clientConfig);
  const connection = JSON.stringify({ clientId, clientSecret, jwt });
  const secretId = system.connections[0]?.secretId ?? "";
  await secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: connection }));
  const createSecret = (Name: string) =>
    secrets.send(
      new CreateSecretCommand({
        Name,
        SecretString: JSON.stringify({ apiKey: "an-old-key" }),
        Tags: Object.entries({
          "ringcx:connection": "main",
          "ringcx:accounts": accounts.join(" "),
          "ringcx:hosts": address,
        }).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
  const cloudWatch = new CloudWatchClient(host.clientConfig);

  return {
    simulator,
    host,
    directory,
    connections: system.connections,
    /** The secret of an auth config of type APIKEY. */
    createSecret,
    secrets,
    readSecret: async (SecretId: string) => (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString,
    /** Host and port of the endpoint. */
    address,
    setUp: (up: boolean) => {
      isUp = up;
    },
    /** Has the endpoint refuse a value of the header `x-api-key`. */
    refuse: (key: string | undefined) => {
      refusedKey = key;
    },
    /** Runs a command line on the system. */
    ops: (args: readonly string[], options: Partial<CliOptions> = {}) =>
      runLine([...args, "--local"], { directory, ...options }),
    async createAlarm(AlarmName: string) {
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
        }),
      );
      return {
        arn: `arn:aws:cloudwatch:${host.region}:000000000000:alarm:${AlarmName}`,
        set: (StateValue: "OK" | "ALARM") =>
          cloudWatch.send(
            new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: `${AlarmName} is ${StateValue}.` }),
          ),
      };
    },
    async stop() {
      await host.stop();
      await simulator.stop();
      endpoint.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** See {@link startHostedSystem}. */
export type HostedSystem = Awaited<ReturnType<typeof startHostedSystem>>;
