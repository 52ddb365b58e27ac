import { Duration, Stack } from "aws-cdk-lib";
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

/** Taking a batch in costs less than a second; what is left after half of it is handed back untouched. */
const intakeTimeout = Duration.seconds(10);

/**
 * A function that was killed while it took messages in stops their group, an account, for this long. Not six times the
 * time-out as elsewhere: a message that is taken in twice is one, and another message of the account has its outcome within 15 s.
 */
const intakeVisibility = Duration.seconds(12);

const workTimeout = Duration.minutes(1);

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
  /** Takes messages in. */
  readonly intake: AutomationFunction;
  /** Works them off. */
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
      {
        key: access.key,
        fifo: true,
        functionTimeout: intakeTimeout,
        visibilityTimeout: intakeVisibility,
        maxReceiveCount,
      },
    );
    this.queue = queue;
    this.rejects = rejects;

    const { queue: wakes, rejects: wakeDeadLetters } = queueWithRejects(
      this,
      { queue: "WakeQueue", rejects: "WakeDeadLetters" },
      { key: access.key, functionTimeout: workTimeout, visibilityTimeout: wakeVisibility, maxReceiveCount: 100 },
    );
    this.wakeDeadLetters = wakeDeadLetters;

    const environment = {
      ...access.environment,
      WAKE_QUEUE_URL: wakes.queueUrl,
      REJECT_QUEUE_URL: rejects.queueUrl,
    };
    const accept = new AutomationFunction(this, "AcceptMessages", {
      entry: "functions/provision-services/intake-handler.ts",
      description: "Takes messages in: reads them at the door, checks their senders, and wakes their accounts",
      settings,
      logKey: access.logKey,
      timeout: intakeTimeout,
      environment: {
        ...environment,
        PROVISIONING_QUEUE_URL: queue.queueUrl,
        PROVISIONING: Stack.of(this).toJsonString({ senders: settings.provisioning.senders }),
      },
    });
    this.intake = accept;
    accept.addEventSource(
      new SqsEventSource(queue, {
        batchSize: 10,
        maxConcurrency: concurrency.AcceptMessages.messages,
        reportBatchItemFailures: true,
      }),
    );
    wakes.grantSendMessages(accept);
    rejects.grantSendMessages(accept);
    // What is known of a message that comes again is several items.
    access.grantState(accept, "Query");

    const provision = new AutomationFunction(this, "ProvisionServices", {
      entry: "functions/provision-services/worker-handler.ts",
      description: "Converges RingCX groups, auth configs and services to what messages ask for",
      settings,
      logKey: access.logKey,
      timeout: workTimeout,
      environment,
    });
    this.function = provision;
    provision.addEventSource(
      new SqsEventSource(wakes, {
        // One account an invocation. The quota is shared by all: more than a few at once would only wait for each other.
        batchSize: 1,
        maxConcurrency: concurrency.ProvisionServices.wakes,
        reportBatchItemFailures: true,
      }),
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
