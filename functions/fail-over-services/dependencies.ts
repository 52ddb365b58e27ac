import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { SQSClient } from "@aws-sdk/client-sqs";
import { createActivationStore } from "../../shared/activation/activation-store.ts";
import { createProbe } from "../../shared/probe/probe.ts";
import { createEndpointVerifier } from "../../shared/proof/verify-at-endpoint.ts";
import { createDeadLetterQueue } from "../../shared/queues/dead-letter.ts";
import { createSweepQueue } from "../../shared/queues/sweep-queue.ts";
import { awsClientSettings } from "../../shared/runtime/aws-client-settings.ts";
import { createBaseDependencies } from "../../shared/runtime/dependencies.ts";
import type { Tools } from "../../shared/runtime/lambda-handler.ts";
import { readSettings } from "../../shared/runtime/settings.ts";
import { SecretReader } from "../../shared/secrets/secret-reader.ts";
import { createBlastRadius } from "./apply/blast-radius.ts";
import { createAlarmClients } from "./evidence/alarm-clients.ts";
import { createReadAlarmStates } from "./evidence/alarm-states.ts";
import { failOverSettings } from "./settings.ts";
import type { CommandDependencies } from "./triggers/commands.ts";
import type { TickDependencies } from "./triggers/start-sweeps.ts";
import { createFindAlarmTags } from "./watchlist/find-alarm-tags.ts";

/** What the function is built of: all that its rooms declare, once per container. */
export interface FailoverDependencies extends CommandDependencies, TickDependencies {
  /** The names by which the ARN of a message's queue says what it is; all others are alarms. */
  queueNames: { commands: string; sweeps: string };
}

/** @throws {SettingsError} which variables of the environment are missing or wrong */
export function createDependencies(environment: NodeJS.ProcessEnv, tools: Tools): FailoverDependencies {
  const settings = readSettings(failOverSettings, environment);
  const { clock, random, logger, metrics } = tools;
  const base = createBaseDependencies(settings, tools);
  const { alarmRegions, guards } = settings.FAILOVER;
  const sqs = new SQSClient(awsClientSettings());
  const clients = createAlarmClients(settings.FAILOVER, tools);
  const probe = createProbe({ settings: settings.PROBE, clock });
  return {
    ...base,
    clock,
    random,
    logger,
    settings: settings.FAILOVER,
    activation: createActivationStore({ table: base.table, clock }),
    readAlarmStates: createReadAlarmStates(clients.cloudWatch, settings.FAILOVER.alarmReadRoleArns),
    findAlarmTags: createFindAlarmTags(clients.tagging([...new Set(alarmRegions)])),
    blastRadius: createBlastRadius({ ...base, clock, random, settings: guards.blastRadius }),
    // Each probe takes the value that is current, with tags that are four minutes old at most.
    secretReader: new SecretReader(base.secrets, clock, { tagsForMs: 4 * 60_000, valueForMs: 0 }),
    probe,
    verifyAtEndpoint: createEndpointVerifier({ table: base.table, clock, probe }),
    onGuardTriggered: () => metrics.addMetric("GuardTriggered", MetricUnit.Count, 1),
    sqs,
    alarmQueueUrl: settings.ALARM_QUEUE_URL,
    commandQueueUrl: settings.COMMAND_QUEUE_URL,
    commandSenders: settings.COMMAND_SENDERS,
    deadLetters: createDeadLetterQueue({ sqs, queueUrl: settings.COMMAND_REJECT_QUEUE_URL }),
    sweeps: createSweepQueue({ sqs, queueUrl: settings.SWEEP_QUEUE_URL }),
    queueNames: { commands: nameOf(settings.COMMAND_QUEUE_URL), sweeps: nameOf(settings.SWEEP_QUEUE_URL) },
  };
}

function nameOf(queueUrl: string): string {
  return new URL(queueUrl).pathname.split("/").at(-1) ?? "";
}
