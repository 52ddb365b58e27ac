import { SQSClient } from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { createActivationStore } from "../../shared/activation/activation-store.ts";
import { createProbe } from "../../shared/probe/probe.ts";
import { createDeadLetterQueue } from "../../shared/queues/dead-letter.ts";
import { createExtendVisibility } from "../../shared/queues/visibility-timeout.ts";
import { createBaseDependencies } from "../../shared/runtime/dependencies.ts";
import { lambdaHandler } from "../../shared/runtime/lambda-handler.ts";
import { readSettings } from "../../shared/runtime/settings.ts";
import { provision } from "./intake/provision-batch.ts";
import { provisioningSettings } from "./settings.ts";

/** Messages of the provisioning queue: what they ask for comes into being in RingCX. */
export const handler = lambdaHandler(
  (environment, tools) => {
    const settings = readSettings(provisioningSettings, environment);
    const foundation = createBaseDependencies(settings, tools);
    const sqs = new SQSClient({});
    return {
      ...foundation,
      settings: settings.PROVISIONING,
      probe: settings.PROBE,
      prober: createProbe({ settings: settings.PROBE, clock: tools.clock }),
      activation: createActivationStore({ table: foundation.table, clock: tools.clock }),
      rejects: createDeadLetterQueue({ sqs, queueUrl: settings.REJECT_QUEUE_URL }),
      defer: createExtendVisibility({ sqs, queueUrl: settings.PROVISIONING_QUEUE_URL, random: tools.random }),
    };
  },
  (event: SQSEvent, parts, invocation) => provision(event, parts, invocation),
);
