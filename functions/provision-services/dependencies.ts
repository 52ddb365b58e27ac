import { SQSClient } from "@aws-sdk/client-sqs";
import { createActivationStore } from "../../shared/activation/activation-store.ts";
import { longestWaits } from "../../shared/primitives/longest-waits.ts";
import { createProbe } from "../../shared/probe/probe.ts";
import { createDeadLetterQueue } from "../../shared/queues/dead-letter.ts";
import { createExtendVisibility } from "../../shared/queues/visibility-timeout.ts";
import { createWakeQueue } from "../../shared/queues/wake-queue.ts";
import { awsClientSettings } from "../../shared/runtime/aws-client-settings.ts";
import { createBaseDependencies, createStateDependencies } from "../../shared/runtime/dependencies.ts";
import type { Tools } from "../../shared/runtime/lambda-handler.ts";
import { readSettings } from "../../shared/runtime/settings.ts";
import type { IntakeDependencies } from "./intake/provision-batch.ts";
import type { WakeDependencies } from "./reconcile/work-accounts.ts";
import { intakeSettings, workerSettings } from "./settings.ts";

/**
 * What takes messages in uses, once per container. Neither RingCX nor Secrets Manager.
 *
 * @throws {SettingsError} that names every environment variable that is missing or wrong
 */
export function createIntakeDependencies(environment: NodeJS.ProcessEnv, tools: Tools): IntakeDependencies {
  const settings = readSettings(intakeSettings, environment);
  const { clock, random, logger } = tools;
  const answerMs = longestWaits.intakeAnswerMs;
  const sqs = new SQSClient(awsClientSettings(answerMs));
  return {
    ...createStateDependencies(settings, tools, answerMs),
    clock,
    random,
    logger,
    connections: settings.CONNECTIONS,
    settings: settings.PROVISIONING,
    wakes: createWakeQueue({ sqs, queueUrl: settings.WAKE_QUEUE_URL }),
    deadLetters: createDeadLetterQueue({ sqs, queueUrl: settings.REJECT_QUEUE_URL }),
    extendVisibility: createExtendVisibility({ sqs, queueUrl: settings.PROVISIONING_QUEUE_URL, random }),
  };
}

/**
 * What works accounts off uses, once per container.
 *
 * @throws {SettingsError} that names every environment variable that is missing or wrong
 */
export function createWorkerDependencies(environment: NodeJS.ProcessEnv, tools: Tools): WakeDependencies {
  const settings = readSettings(workerSettings, environment);
  const base = createBaseDependencies(settings, tools);
  const { clock, random, logger, metrics } = tools;
  const sqs = new SQSClient(awsClientSettings());
  return {
    ...base,
    clock,
    random,
    logger,
    metrics,
    probeSettings: settings.PROBE,
    probe: createProbe({ settings: settings.PROBE, clock }),
    activation: createActivationStore({ table: base.table, clock }, { isMover: true }),
    wakes: createWakeQueue({ sqs, queueUrl: settings.WAKE_QUEUE_URL }),
    deadLetters: createDeadLetterQueue({ sqs, queueUrl: settings.REJECT_QUEUE_URL }),
  };
}
