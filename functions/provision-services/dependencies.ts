import { SQSClient } from "@aws-sdk/client-sqs";
import { createActivationStore } from "../../shared/activation/activation-store.ts";
import { createProbe } from "../../shared/probe/probe.ts";
import { createDeadLetterQueue } from "../../shared/queues/dead-letter.ts";
import { createExtendVisibility } from "../../shared/queues/visibility-timeout.ts";
import { createWakeQueue } from "../../shared/queues/wake-queue.ts";
import { awsClientSettings } from "../../shared/runtime/aws-client-settings.ts";
import { createBaseDependencies } from "../../shared/runtime/dependencies.ts";
import type { Tools } from "../../shared/runtime/lambda-handler.ts";
import { readSettings } from "../../shared/runtime/settings.ts";
import type { IntakeDependencies } from "./intake/provision-batch.ts";
import type { WakeDependencies } from "./reconcile/work-accounts.ts";
import { provisioningSettings } from "./settings.ts";

/** What the function uses, taking messages in and working accounts off. */
type ProvisioningDependencies = IntakeDependencies &
  WakeDependencies & {
    /** How wakes are told from messages. */
    wakeQueueName: string;
  };

/**
 * Builds what the function uses, once per container.
 *
 * @throws {SettingsError} that names every environment variable that is missing or wrong
 */
export function createDependencies(environment: NodeJS.ProcessEnv, tools: Tools): ProvisioningDependencies {
  const settings = readSettings(provisioningSettings, environment);
  const base = createBaseDependencies(settings, tools);
  const { clock, random, logger, metrics } = tools;
  const sqs = new SQSClient(awsClientSettings());
  return {
    ...base,
    clock,
    random,
    logger,
    metrics,
    settings: settings.PROVISIONING,
    probeSettings: settings.PROBE,
    probe: createProbe({ settings: settings.PROBE, clock }),
    activation: createActivationStore({ table: base.table, clock }),
    wakes: createWakeQueue({ sqs, queueUrl: settings.WAKE_QUEUE_URL }),
    wakeQueueName: settings.WAKE_QUEUE_URL.split("/").at(-1) ?? "",
    deadLetters: createDeadLetterQueue({ sqs, queueUrl: settings.REJECT_QUEUE_URL }),
    extendVisibility: createExtendVisibility({ sqs, queueUrl: settings.PROVISIONING_QUEUE_URL, random }),
  };
}
