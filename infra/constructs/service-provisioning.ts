import { Duration } from "aws-cdk-lib";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { EnvironmentSettings } from "../environments.ts";
import { allowProducers } from "./building-blocks/allowed-producers.ts";
import { AutomationFunction } from "./building-blocks/automation-function.ts";
import { concurrency } from "./building-blocks/concurrency.ts";
import { output } from "./building-blocks/output.ts";
import { queueWithRejects } from "./building-blocks/queue-with-rejects.ts";
import { outputRedriveCommand } from "./building-blocks/redrive-command.ts";
import { grantTaggedSecrets } from "./credential-secrets.ts";
import type { RingCxAccess } from "./ringcx-access.ts";

const functionTimeout = Duration.minutes(1);

/**
 * Deliveries do not measure failure: a message that waits for the quota is delivered again and again. Genuine
 * failures are counted in the table; this is only the net below that.
 */
const maxReceiveCount = 1_000;

/**
 * A worker that was killed stops its account for this long, and no longer than a lease outlives it: not six times the
 * function's time-out as elsewhere, because a wake that comes twice does no harm.
 */
const wakeVisibility = Duration.seconds(70);

/** Messages become groups, auth configs and services. */
export class ServiceProvisioning extends Construct {
  readonly queue: Queue;
  readonly rejects: Queue;
  readonly wakeDeadLetters: Queue;
  readonly function: AutomationFunction;

  constructor(
    scope: Construct,
    id: string,
    { settings, access }: { settings: EnvironmentSettings; access: RingCxAccess },
  ) {
    super(scope, id);
    const { queue, rejects } = queueWithRejects(
      this,
      { queue: "ProvisioningQueue", rejects: "ProvisioningRejects" },
      { key: access.key, fifo: true, functionTimeout, maxReceiveCount },
    );
    this.queue = queue;
    this.rejects = rejects;

    const { queue: wakes, rejects: wakeDeadLetters } = queueWithRejects(
      this,
      { queue: "WakeQueue", rejects: "WakeDeadLetters" },
      { key: access.key, functionTimeout, visibilityTimeout: wakeVisibility, maxReceiveCount: 100 },
    );
    this.wakeDeadLetters = wakeDeadLetters;

    const provision = new AutomationFunction(this, "ProvisionServices", {
      entry: "functions/provision-services/handler.ts",
      description: "Converges RingCX groups, auth configs and services to what messages ask for",
      settings,
      logKey: access.logKey,
      timeout: functionTimeout,
      environment: {
        ...access.environment,
        PROVISIONING_QUEUE_URL: queue.queueUrl,
        WAKE_QUEUE_URL: wakes.queueUrl,
        REJECT_QUEUE_URL: rejects.queueUrl,
        PROVISIONING: JSON.stringify({ senders: settings.provisioning.senders }),
      },
    });
    this.function = provision;
    const { ProvisionServices: share } = concurrency;
    provision.addEventSource(
      new SqsEventSource(queue, { batchSize: 10, maxConcurrency: share.messages, reportBatchItemFailures: true }),
    );
    provision.addEventSource(
      // One account an invocation. The quota is shared by all: more than a few at once would only wait for each other.
      new SqsEventSource(wakes, { batchSize: 1, maxConcurrency: share.wakes, reportBatchItemFailures: true }),
    );
    wakes.grantSendMessages(provision);
    access.grantUse(provision, "Query", "UpdateItem", "DeleteItem");
    rejects.grantSendMessages(provision);
    const actions = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
    grantTaggedSecrets(this, { grantee: provision, settings, actions });

    allowProducers(queue, { producers: settings.provisioning.producers, key: access.key });
    output(this, "ProvisioningQueueUrl", { value: queue.queueUrl });
    output(this, "RejectQueueUrl", { value: rejects.queueUrl });
    outputRedriveCommand("RedriveMessagesCommand", { queue, rejects });
    outputRedriveCommand("RedriveWakesCommand", { queue: wakes, rejects: wakeDeadLetters });
    output(this, "ProvisionServicesFunctionName", { value: provision.functionName });
  }
}
