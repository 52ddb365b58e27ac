import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Outcome } from "../../../shared/contract/outcome.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { DynamoStateTable } from "../../../shared/state/dynamo-table.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { EnvironmentInput } from "../../environments.ts";
import { faultsPath } from "../faults/fault-door.ts";
import type { LogRecord } from "../functions/log-store.ts";
import { type LocalHost, startLocalHost } from "../host.ts";
import type { Profile } from "../ringcx-simulator/assumptions/catalogue.ts";
import { type RingCxSimulator, startRingCxSimulator } from "../ringcx-simulator/server.ts";
import { addressesOf } from "./addresses.ts";
import { type CrmEndpoint, startCrmEndpoint } from "./crm-endpoint.ts";
import { createSecrets, crmCredential, otherCredentials } from "./demo-secrets.ts";
import type { LocalSystem } from "./local-system.ts";
import { createNarrator, type Narrator } from "./narrator.ts";
import { followOutcomes, type OutcomeFeed } from "./outcome-feed.ts";
import { issuerArn, region, runIssuer } from "./own-issuer.ts";

export { crmCredential } from "./demo-secrets.ts";

/** Everything that plays a part, started and wired as it would be in an AWS account. */
export interface DemoEnvironment {
  clock: Clock;
  narrator: Narrator;
  write: (line: string) => void;
  simulator: RingCxSimulator;
  crm: CrmEndpoint;
  host: LocalHost;
  feed: OutcomeFeed;
  sqs: SQSClient;
  secrets: SecretsManagerClient;
  cloudWatch: CloudWatchClient;
  stateTable: StateTable;
  alarm: { name: string; arn: string };
  /** The secret that feeds the CRM's auth config, and the client secret that it holds at first. */
  crmSecret: { name: string; clientSecret: string };
  /** What `${NAME}` stands for in a file of messages. */
  variables: Record<string, string>;
  /** Where calls of AWS are told to fail. */
  faultsUrl: string;
  /** Where its parts are. */
  system(): LocalSystem;
  stop(): Promise<void>;
}

/** How many times faster the template's schedules run here: its minutes become seconds. */
const clockFactor = 60;

const alarmName = "crm-lookup-unhealthy";
const crmSecretName = "crm/oauth";

/** Two sub-accounts, as a test and a production environment, to promote from one to the other. */
export const accounts = ["123456", "223456"];

/** How the demonstration runs. */
export interface DemoEnvironmentOptions {
  clock: Clock;
  /** Takes one line without its end. */
  write: (line: string) => void;
  /** Hosts beside the demonstration's that probes may ask and its secrets may go to. */
  allowHosts: readonly string[];
  /** Length of RingCX's window of 120 requests. @default a minute */
  windowMs?: number | undefined;
  /** Answers of RingCX that differ from the simulator's default. */
  profile?: Partial<Profile> | undefined;
  /** File of an issuer of one's own, which exports a Lambda `handler`. */
  issuer?: string | undefined;
  /** Called for every line that a function logs. */
  onLog?(record: LogRecord, functionName: string): void;
  /** Called for every outcome, as the topic's subscribers get it. */
  onOutcome?(outcome: Outcome): void;
}

/** @throws {Error} when a host to allow is none, naming it */
export async function startDemoEnvironment({
  clock,
  write,
  allowHosts,
  windowMs,
  profile,
  issuer,
  onLog,
  onOutcome,
}: DemoEnvironmentOptions): Promise<DemoEnvironment> {
  const narrator = createNarrator(clock, write);
  const stops: (() => Promise<unknown> | unknown)[] = [];
  const stop = async () => {
    for (const end of stops.reverse().splice(0)) await end();
  };
  try {
    narrator.chapter("Starting the demo environment");
    const simulator = await startRingCxSimulator({
      accounts,
      ...(windowMs !== undefined && { windowMs }),
      ...(profile && { profile }),
    });
    stops.push(() => simulator.stop());
    const crm = await startCrmEndpoint();
    stops.push(() => crm.stop());
    narrator.say(`RingCX simulator at ${simulator.url}, CRM at ${crm.url}`);

    const issuers = issuer === undefined ? [] : [issuerArn];
    const settings = localEnvironment(simulator, [crm.host, ...allowHosts], { windowMs, issuers });
    const host = await startLocalHost({
      environment: settings,
      synthesizesApart: true,
      onSynthesized: () => narrator.say("the stack is synthesized, its functions are bundled"),
      clockFactor,
      takesFaults: true,
      ...(onLog && { onLog }),
    });
    stops.push(() => host.stop());
    narrator.say(`the stack's own template runs behind ${host.endpoint}`);

    const sqs = new SQSClient(host.clientConfig);
    const secrets = new SecretsManagerClient(host.clientConfig);
    const cloudWatch = new CloudWatchClient(host.clientConfig);
    await secrets.send(
      new PutSecretValueCommand({
        SecretId: output(host, "ConnectionSecretArnLocal"),
        SecretString: JSON.stringify({
          clientId: simulator.clientId,
          clientSecret: simulator.clientSecret,
          jwt: simulator.jwt,
        }),
      }),
    );
    const clientSecret = crm.issueClientSecret();
    const credentials = { [crmSecretName]: crmCredential(crm, clientSecret), ...otherCredentials() };
    const tags = {
      "ringcx:connection": "local",
      "ringcx:accounts": accounts.join(" "),
      "ringcx:hosts": [crm.host, "crm.example.com", ...allowHosts].join(" "),
    };
    await createSecrets(secrets, credentials, tags);
    if (issuer !== undefined) {
      await runIssuer(host, secrets, { file: issuer, secretNames: Object.keys(otherCredentials()) });
      narrator.say(`your issuer is ${issuerArn}: it makes the credentials of every secret but ${crmSecretName}`);
    }
    const feed = await followOutcomes({
      clientConfig: host.clientConfig,
      topicArn: output(host, "OutcomeTopicArn"),
      onOutcome: (outcome) => {
        narrator.outcome(outcome);
        onOutcome?.(outcome);
      },
    });
    stops.push(() => feed.stop());

    const alarm = { name: alarmName, arn: await createAlarm(cloudWatch) };
    const faultsUrl = `${host.endpoint}${faultsPath}`;
    const variables = { CRM_URL: crm.url, CRM_ALARM_ARN: alarm.arn };
    return {
      clock,
      narrator,
      write,
      simulator,
      crm,
      host,
      feed,
      sqs,
      secrets,
      cloudWatch,
      stateTable: new DynamoStateTable(new DynamoDBClient(host.clientConfig), output(host, "TableName")),
      alarm,
      crmSecret: { name: crmSecretName, clientSecret },
      variables,
      faultsUrl,
      system: () => ({ ...addressesOf(host, settings), variables, simulatorUrl: simulator.url, faultsUrl }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @throws {Error} naming the output that the stack does not have */
export function output(host: LocalHost, name: string): string {
  const value = host.outputs[name];
  if (value === undefined) throw new Error(`The stack has no output ${name}`);
  return value;
}

/** Settings like any environment's, quickened where a person would otherwise wait for minutes. */
function localEnvironment(
  simulator: RingCxSimulator,
  allowedHosts: string[],
  { windowMs, issuers }: { windowMs: number | undefined; issuers: string[] },
): EnvironmentInput {
  return {
    name: "local",
    region,
    rotation: { issuerFunctionArns: issuers },
    connections: [
      {
        name: "local",
        accountIds: [...accounts],
        ringcxUrl: simulator.url,
        platformUrl: simulator.platformUrl,
        ...(windowMs !== undefined && { quota: { windowMs } }),
      },
    ],
    probe: { allowedHosts, allowPrivateAddresses: true, allowHttp: true },
    failover: {
      recoverAfterSeconds: 2,
      // Its minutes are shorter.
      leastSecondsBetweenProbes: 0,
      // The demonstration's own outage has used up the place that a newcomer's service may need a moment later.
      guards: { blastRadius: { withinMinutes: 1 }, flap: { withinMinutes: 2, quietMinutes: 1 } },
    },
  };
}

/** An alarm as Route 53's health checks have them. */
export async function putHealthAlarm(cloudWatch: CloudWatchClient, alarmName: string): Promise<void> {
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
}

async function createAlarm(cloudWatch: CloudWatchClient): Promise<string> {
  await putHealthAlarm(cloudWatch, alarmName);
  const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [alarmName] }));
  const arn = MetricAlarms[0]?.AlarmArn;
  if (arn === undefined) throw new Error(`The alarm ${alarmName} was not created`);
  return arn;
}
