import { ArnFormat, Duration, Stack, Token } from "aws-cdk-lib";
import { type EventBus, Rule } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { EVENTS_TARGET_QUEUE_SAME_ACCOUNT } from "aws-cdk-lib/cx-api";
import { Construct } from "constructs";
import { commandDeliveries } from "../../functions/fail-over-services/settings.ts";
import { alarmRegionsOf, type EnvironmentSettings } from "../environments.ts";
import { alarmBus } from "./building-blocks/alarm-bus.ts";
import { othersAlarmEvents } from "./building-blocks/alarm-events.ts";
import { allowProducers } from "./building-blocks/allowed-producers.ts";
import { AutomationFunction } from "./building-blocks/automation-function.ts";
import { concurrency, concurrencyOfFailover, concurrencyOfSweeps } from "./building-blocks/concurrency.ts";
import { explain } from "./building-blocks/explained-rules.ts";
import { output } from "./building-blocks/output.ts";
import { queueWithRejects } from "./building-blocks/queue-with-rejects.ts";
import { outputRedriveCommand } from "./building-blocks/redrive-command.ts";
import { scheduleFunction } from "./building-blocks/schedule-function.ts";
import { grantTaggedSecrets } from "./credential-secrets.ts";
import type { RingCxAccess } from "./ringcx-access.ts";

const functionTimeout = Duration.seconds(55);

/**
 * A function that was killed stops the sweeps of its accounts for so long, and no longer than to the next minute's: not six
 * times its time-out as elsewhere, because a sweep that comes twice does no harm.
 */
const sweepVisibility = Duration.seconds(60);

/** Alarms and commands take services out and bring them back; a sweep of each account every minute repairs what was missed. */
export class OutageFailover extends Construct {
  readonly alarmQueue: Queue;
  readonly alarmDeadLetters: Queue;
  readonly commandQueue: Queue;
  readonly commandRejects: Queue;
  readonly sweepQueue: Queue;
  readonly function: AutomationFunction;
  /** Takes alarms' events of other regions and AWS accounts, where settings name any. */
  readonly alarmBus: EventBus | undefined;

  constructor(
    scope: Construct,
    id: string,
    { settings, access }: { settings: EnvironmentSettings; access: RingCxAccess },
  ) {
    super(scope, id);
    // Otherwise any AWS account's rules could send to the queue: with a key of our own CDK leaves the condition out.
    this.node.setContext(EVENTS_TARGET_QUEUE_SAME_ACCOUNT, true);
    const common = { key: access.key, functionTimeout };
    const alarms = queueWithRejects(
      this,
      { queue: "AlarmQueue", rejects: "AlarmDeadLetters" },
      // An event only triggers a reconciliation, and the sweep does the same every minute: a few tries are enough.
      { ...common, maxReceiveCount: 10 },
    );
    const commands = queueWithRejects(
      this,
      { queue: "CommandQueue", rejects: "CommandRejects" },
      // A person waits for it: ended by the function after some failures, not after weeks.
      { ...common, maxReceiveCount: commandDeliveries.most },
    );
    this.alarmQueue = alarms.queue;
    this.alarmDeadLetters = alarms.rejects;
    this.commandQueue = commands.queue;
    this.commandRejects = commands.rejects;

    // A tick's messages fold into one where it comes twice, and an account is never swept twice at once.
    const sweeps = new Queue(this, "SweepQueue", {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: access.key,
      enforceSSL: true,
      fifo: true,
      // One that was not done goes: the next minute's is the same.
      retentionPeriod: Duration.minutes(5),
      visibilityTimeout: sweepVisibility,
    });
    this.sweepQueue = sweeps;
    explain(sweeps, {
      "AwsSolutions-SQS3":
        "The sweep of an account that failed is done again by the next minute's message: none is kept.",
    });

    const prefixes = settings.failover.alarmNamePrefixes;
    // Through a queue, so that an event outlives an outage of ours.
    const rule = new Rule(this, "AlarmRule", {
      description: "Alarms that change their state; those that no service depends on cost no RingCX call",
      eventPattern: othersAlarmEvents(scope, { prefixes, from: "here" }),
    });
    const target = new SqsQueue(alarms.queue, { deadLetterQueue: alarms.rejects });
    rule.addTarget(target);
    const eventBus = alarmBus(this, settings);
    this.alarmBus = eventBus;
    if (eventBus) {
      const description = "The same, of other regions and AWS accounts";
      const eventPattern = othersAlarmEvents(scope, { prefixes, from: "elsewhere" });
      new Rule(this, "ForwardedAlarmRule", { description, eventBus, eventPattern }).addTarget(target);
    }

    const failOver = new AutomationFunction(this, "FailOverServices", {
      entry: "functions/fail-over-services/handler.ts",
      description: "Deactivates services in an outage and brings them back on evidence",
      settings,
      logKey: access.logKey,
      timeout: functionTimeout,
      ...(settings.failover.reserveConcurrency && { reservedConcurrentExecutions: concurrencyOfFailover(settings) }),
      environment: {
        ...access.environment,
        ALARM_QUEUE_URL: alarms.queue.queueUrl,
        COMMAND_QUEUE_URL: commands.queue.queueUrl,
        COMMAND_REJECT_QUEUE_URL: commands.rejects.queueUrl,
        SWEEP_QUEUE_URL: sweeps.queueUrl,
        COMMAND_SENDERS: Stack.of(this).toJsonString(settings.failover.commandSenders ?? settings.provisioning.senders),
        FAILOVER: Stack.of(this).toJsonString({
          mode: settings.failover.mode,
          recoverAfterSeconds: settings.failover.recoverAfterSeconds,
          probesInARow: settings.failover.probesInARow,
          leastSecondsBetweenProbes: settings.failover.leastSecondsBetweenProbes,
          guards: settings.failover.guards,
          alarmRegions: alarmRegionsOf(settings),
          awsAccountId: Stack.of(this).account,
          alarmReadRoleArns: settings.failover.alarmReadRoleArns,
        }),
      },
    });
    this.function = failOver;
    const { FailOverServices: share } = concurrency;
    for (const [queue, maxConcurrency] of [
      [alarms.queue, share.alarms],
      [commands.queue, share.commands],
      [sweeps, concurrencyOfSweeps(settings)],
    ] as const) {
      // No batching window: seconds count in an outage. What is in a batch is worked off at the same time.
      failOver.addEventSource(
        new SqsEventSource(queue, { batchSize: 10, maxConcurrency, reportBatchItemFailures: true }),
      );
    }
    sweeps.grantSendMessages(failOver);
    access.grantUse(failOver, "Query", "UpdateItem", "DeleteItem");
    commands.rejects.grantSendMessages(failOver);
    this.#mayReadAlarms(failOver);
    const roles = Object.values(settings.failover.alarmReadRoleArns);
    if (roles.length > 0) {
      failOver.addToRolePolicy(new PolicyStatement({ actions: ["sts:AssumeRole"], resources: roles }));
    }
    // The probe of a service sends the credential that RingCX would.
    grantTaggedSecrets(this, {
      grantee: failOver,
      settings,
      actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
    });
    // Only the list tells a secret that was deleted from one that is denied.
    failOver.addToRolePolicy(new PolicyStatement({ actions: ["secretsmanager:ListSecrets"], resources: ["*"] }));
    scheduleFunction(this, "SweepSchedule", {
      target: failOver,
      expression: settings.failover.sweepSchedule,
      source: "ringcx.sweep",
      key: access.logKey,
    });

    allowProducers(commands.queue, { producers: settings.provisioning.producers, key: access.key });
    output(this, "AlarmQueueUrl", { value: alarms.queue.queueUrl });
    output(this, "CommandQueueUrl", { value: commands.queue.queueUrl });
    output(this, "CommandRejectQueueUrl", { value: commands.rejects.queueUrl });
    outputRedriveCommand("RedriveCommandsCommand", commands);
    output(this, "FailOverServicesFunctionName", { value: failOver.functionName });
  }
  /** The states of this account's alarms, wherever they are, and the tags that name their services. */
  #mayReadAlarms(failOver: AutomationFunction): void {
    // Composite alarms are in the answer only where all resources are allowed. Source: CloudWatch API Reference,
    // "DescribeAlarms". Finding resources by their tags knows no resources at all. Source: Service Authorization
    // Reference, "Resource Groups Tagging". Listing mute rules names none of them.
    const actions = ["cloudwatch:DescribeAlarms", "cloudwatch:ListAlarmMuteRules", "tag:GetResources"];
    failOver.addToRolePolicy(new PolicyStatement({ actions, resources: ["*"] }));
    const muteRules = Stack.of(failOver).formatArn({
      service: "cloudwatch",
      region: "*",
      resource: "alarm-mute-rule",
      resourceName: "*",
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    failOver.addToRolePolicy(new PolicyStatement({ actions: ["cloudwatch:GetAlarmMuteRule"], resources: [muteRules] }));
    const { account } = Stack.of(failOver);
    const shown = Token.isUnresolved(account) ? "<AWS::AccountId>" : account;
    explain(this, {
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudwatch:*:${shown}:alarm-mute-rule:*]`]:
        "Whoever mutes an alarm names the rule as they like, in the region of the alarm; it is read only.",
    });
  }
}
