import { Duration, Stack } from "aws-cdk-lib";
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryWidget,
  Metric,
  SingleValueWidget,
  Stats,
  TextWidget,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { EnvironmentSettings } from "../environments.ts";
import type { AutomationFunction } from "./automation-function.ts";
import type { CredentialRotation } from "./credential-rotation.ts";
import type { OutageFailover } from "./outage-failover.ts";
import type { RingCxAccess } from "./ringcx-access.ts";
import type { ServiceProvisioning } from "./service-provisioning.ts";

export interface OperationsProps {
  settings: EnvironmentSettings;
  access: RingCxAccess;
  provisioning: ServiceProvisioning;
  rotation: CredentialRotation;
  failover: OutageFailover;
}

const fiveMinutes = Duration.minutes(5);

/** What the person on call sees and is woken by. Every alarm names its page of the runbook. */
export class Operations extends Construct {
  readonly #alarms: Alarm[] = [];
  readonly #service: string;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    const { settings, access, provisioning, rotation, failover } = props;
    this.#service = `ringcx-automation-${settings.name}`;

    this.#queueAlarms(provisioning, failover);
    this.#metricAlarms();
    const functions = [provisioning.function, rotation.mirror, rotation.rotate, failover.function];
    for (const fn of functions) this.#functionAlarm(fn);

    const notifications = new Topic(this, "Notifications", { masterKey: access.key, enforceSSL: true });
    // CloudWatch publishes to an encrypted topic only where the key lets it.
    access.key.grantEncryptDecrypt(new ServicePrincipal("cloudwatch.amazonaws.com"));
    for (const address of settings.notificationEmails) notifications.addSubscription(new EmailSubscription(address));
    const needsAPerson = new CompositeAlarm(this, "NeedsAPerson", {
      alarmDescription: `Something in ${this.#service} needs a person; its child alarms say what. docs/runbook.md`,
      alarmRule: AlarmRule.anyOf(...this.#alarms.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
    });
    needsAPerson.addAlarmAction(new SnsAction(notifications));
    needsAPerson.addOkAction(new SnsAction(notifications));
    this.#dashboard(props, functions);
  }

  #queueAlarms(provisioning: ServiceProvisioning, failover: OutageFailover): void {
    const rejects: [string, Queue, string][] = [
      ["ProvisioningRejected", provisioning.rejects, "rejected-messages"],
      ["CommandRejected", failover.commandRejects, "rejected-commands"],
      ["AlarmEventsUndelivered", failover.alarmDeadLetters, "alarm-events-undelivered"],
    ];
    for (const [id, queue, page] of rejects) {
      const metric = queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: Stats.MAXIMUM,
      });
      this.#alarm(id, metric, 1, page, "Messages wait in a dead-letter queue.");
    }
    const waits: [string, Queue, Duration, string][] = [
      // A wave may wait for the quota; half an hour is 3,600 requests.
      ["ProvisioningWaits", provisioning.queue, Duration.minutes(30), "provisioning-waits"],
      ["CommandsWait", failover.commandQueue, Duration.minutes(2), "commands-or-alarms-wait"],
      ["AlarmEventsWait", failover.alarmQueue, Duration.minutes(2), "commands-or-alarms-wait"],
    ];
    for (const [id, queue, age, page] of waits) {
      const metric = queue.metricApproximateAgeOfOldestMessage({
        period: Duration.minutes(1),
        statistic: Stats.MAXIMUM,
      });
      this.#alarm(id, metric, age.toSeconds(), page, `The oldest message has waited for ${age.toMinutes()} minutes.`);
    }
  }

  #metricAlarms(): void {
    const alarms: [string, string, string, string][] = [
      [
        "RateLimited",
        "RateLimited",
        "rate-limited",
        "RingCX refused requests for their rate: somebody else uses the same limit.",
      ],
      ["TokenRenewalFails", "TokenRenewalFailed", "token-renewal-fails", "Our own login to RingCX fails."],
      ["RotationOverdue", "RotationOverdue", "rotation-overdue", "A credential is older than its secret allows."],
      [
        "RotationDiverged",
        "RotationDiverged",
        "rotation-diverged",
        "RingCX holds another credential than the secret's current one.",
      ],
      ["RotationFailing", "RotationFailing", "rotation-failing", "A credential could not be brought to RingCX."],
      [
        "InactiveTooLong",
        "InactiveTooLong",
        "inactive-too-long",
        "A service has been inactive for an outage for too long.",
      ],
    ];
    for (const [id, name, page, what] of alarms) this.#alarm(id, this.#metric(name, Stats.MAXIMUM), 1, page, what);
  }

  #functionAlarm(fn: AutomationFunction): void {
    const metric = fn.metricErrors({ period: fiveMinutes, statistic: Stats.SUM });
    // One error is retried and forgotten; three in five minutes are not.
    this.#alarm(`${fn.node.id}Fails`, metric, 3, "function-errors", `${fn.node.id} fails.`);
  }

  #alarm(id: string, metric: IMetric, threshold: number, page: string, what: string): void {
    const alarm = new Alarm(this, id, {
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${what} What to do: docs/runbook.md#${page}`,
    });
    this.#alarms.push(alarm);
  }

  /** A metric of our own functions, over all of them. */
  #metric(metricName: string, statistic: string, label?: string): Metric {
    return new Metric({
      namespace: "RingCxAutomation",
      metricName,
      dimensionsMap: { service: this.#service },
      statistic,
      period: fiveMinutes,
      ...(label !== undefined && { label }),
    });
  }

  #dashboard({ settings, provisioning, failover }: OperationsProps, functions: readonly AutomationFunction[]): void {
    const perMinute = ["RequestsSent", "RateLimited", "QuotaDeferred"].map((name) =>
      this.#metric(name, Stats.SUM).with({ period: Duration.minutes(1) }),
    );
    const [limit] = settings.connections.map(({ quota }) => quota.limit);
    const dashboard = new Dashboard(this, "Dashboard", { dashboardName: `RingCxAutomation-${settings.name}` });
    dashboard.addWidgets(
      new TextWidget({
        markdown: `# RingCX automation: ${settings.name}\nEvery alarm's description names its page in docs/runbook.md.`,
        width: 24,
        height: 2,
      }),
    );
    dashboard.addWidgets(
      new SingleValueWidget({
        title: "Now",
        width: 12,
        metrics: [
          this.#metric("ServicesInactive", Stats.MAXIMUM, "services inactive"),
          this.#metric("RotationOverdue", Stats.MAXIMUM, "rotations overdue"),
          this.#metric("RotationDiverged", Stats.MAXIMUM, "diverged"),
          provisioning.rejects.metricApproximateNumberOfMessagesVisible({ label: "messages rejected" }),
        ],
      }),
      new GraphWidget({
        title: "RingCX requests a minute",
        width: 12,
        left: perMinute,
        ...(limit !== undefined && { leftAnnotations: [{ value: limit, label: "limit of one account" }] }),
      }),
    );
    dashboard.addWidgets(
      new GraphWidget({
        title: "Messages waiting",
        width: 8,
        left: [provisioning.queue, failover.commandQueue, failover.alarmQueue].map((queue) =>
          queue.metricApproximateNumberOfMessagesVisible({ label: queue.node.id }),
        ),
      }),
      new GraphWidget({
        title: "Oldest message (seconds)",
        width: 8,
        left: [provisioning.queue, failover.commandQueue, failover.alarmQueue].map((queue) =>
          queue.metricApproximateAgeOfOldestMessage({ label: queue.node.id }),
        ),
      }),
      new GraphWidget({
        title: "Token renewals",
        width: 8,
        left: [this.#metric("TokenRenewed", Stats.SUM), this.#metric("TokenRenewalFailed", Stats.SUM)],
      }),
    );
    dashboard.addWidgets(
      new GraphWidget({
        title: "Function errors",
        width: 12,
        left: functions.map((fn) => fn.metricErrors({ label: fn.node.id, statistic: Stats.SUM })),
      }),
      new GraphWidget({
        title: "Function durations (p95, ms)",
        width: 12,
        left: functions.map((fn) => fn.metricDuration({ label: fn.node.id, statistic: Stats.percentile(95) })),
      }),
    );
    dashboard.addWidgets(
      new LogQueryWidget({
        title: "Latest outcomes",
        width: 24,
        logGroupNames: functions.map(({ logs }) => logs.logGroupName),
        queryLines: [
          "filter message = 'outcome'",
          "fields @timestamp, status, summary",
          "sort @timestamp desc",
          "limit 50",
        ],
        region: Stack.of(this).region,
      }),
    );
  }
}
