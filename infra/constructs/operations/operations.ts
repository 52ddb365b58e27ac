import { type CfnResource, Duration, Lazy } from "aws-cdk-lib";
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IMetric,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { EnvironmentSettings } from "../../environments.ts";
import { rateMinutes } from "../../time-checks.ts";
import { alarmName } from "../building-blocks/alarm-events.ts";
import type { AutomationFunction } from "../building-blocks/automation-function.ts";
import type { OutageFailover } from "../outage-failover.ts";
import type { ServiceProvisioning } from "../service-provisioning.ts";
import { alarmTopics, outputTestCommand } from "./alarm-topics.ts";
import { type AlarmId, type Urgency, urgencyOf } from "./alarm-urgency.ts";
import { AutomationMetrics } from "./automation-metrics.ts";
import { operationsDashboard } from "./operations-dashboard.ts";
import type { OperationsProps } from "./operations-props.ts";

/** What the person on call sees and is alarmed by. Every alarm names its page of the runbook. */
export class Operations extends Construct {
  /** Every alarm, whose beginning and end its topic is told. */
  get alarms(): readonly Alarm[] {
    return this.#alarms;
  }
  /** Who is told, by urgency. */
  readonly topics: Readonly<Record<Urgency, Topic>>;
  readonly #alarms: Alarm[] = [];
  readonly #metrics: AutomationMetrics;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    const { settings, access, provisioning, rotation, failover } = props;
    this.#metrics = new AutomationMetrics(settings.name);
    this.topics = alarmTopics(this, { settings, access });

    this.#queueAlarms(provisioning, failover);
    this.#metricAlarms();
    if (access.accountParameters) {
      const metric = this.#metrics.count("AccountsNotRead");
      const what = "The environment's accounts cannot be read; the last good ones are used.";
      this.#alarm("AccountsNotRead", { metric, page: "accounts-not-read", what });
    }
    this.#scheduleAlarms(settings);
    this.#functionAlarm("AcceptMessagesFails", provisioning.intake);
    this.#functionAlarm("ProvisionServicesFails", provisioning.function);
    this.#functionAlarm("RotateCredentialsFails", rotation.sync);
    this.#functionAlarm("RotateSecretFails", rotation.rotate);
    this.#functionAlarm("FailOverServicesFails", failover.function);

    // It tells nobody: while one alarm lasts it would be silent about all others.
    const actionRequired: CompositeAlarm = new CompositeAlarm(this, "ActionRequired", {
      // By CDK's own name it would be none of the automation's to the rule that leaves these out.
      compositeAlarmName: Lazy.string({ produce: () => alarmName(actionRequired.node.defaultChild as CfnResource) }),
      alarmDescription: `Something in RingCX automation (${settings.name}) requires action; its child alarms say which, and tell it. docs/runbook.md`,
      alarmRule: AlarmRule.anyOf(...this.#alarms.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
    });
    operationsDashboard(this, { ...props, metrics: this.#metrics, alarms: [actionRequired, ...this.#alarms] });
  }

  #queueAlarms(provisioning: ServiceProvisioning, failover: OutageFailover): void {
    const minute = { period: Duration.minutes(1), statistic: Stats.MAXIMUM };
    const rejects: [AlarmId, Queue, string][] = [
      ["ProvisioningRejected", provisioning.rejects, "rejected-messages"],
      ["CommandRejected", failover.commandRejects, "rejected-commands"],
      ["WakesUndelivered", provisioning.wakeDeadLetters, "wakes-undelivered"],
      ["AlarmEventsUndelivered", failover.alarmDeadLetters, "alarm-events-undelivered"],
    ];
    for (const [id, queue, page] of rejects) {
      const metric = queue.metricApproximateNumberOfMessagesVisible(minute);
      this.#alarm(id, { metric, page, what: "Messages wait in a dead-letter queue." });
    }
    const waits: [AlarmId, Queue, Duration, string][] = [
      // Taking a message in waits for nothing but the table.
      ["ProvisioningNotTakenIn", provisioning.queue, Duration.minutes(5), "provisioning-waits"],
      ["CommandsWait", failover.commandQueue, Duration.minutes(2), "commands-or-alarms-wait"],
      ["AlarmEventsWait", failover.alarmQueue, Duration.minutes(2), "commands-or-alarms-wait"],
    ];
    for (const [id, queue, age, page] of waits) {
      const what = `The oldest message has waited for ${age.toMinutes()} minutes.`;
      const metric = queue.metricApproximateAgeOfOldestMessage(minute);
      this.#alarm(id, { metric, threshold: age.toSeconds(), page, what });
    }
  }

  #metricAlarms(): void {
    this.#alarm("ProvisioningWaits", {
      metric: this.#metrics.gauge("OldestMessageSeconds"),
      // A wave may wait for the quota; half an hour is 3,600 requests.
      threshold: Duration.minutes(30).toSeconds(),
      page: "provisioning-waits",
      what: "A message has not ended for 30 minutes.",
      missing: TreatMissingData.IGNORE,
    });
    const counted = [
      ["RateLimited", "rate-limited", "RingCX refused requests for their rate: somebody else uses the same limit."],
      ["TokenRenewalFailed", "token-renewal-fails", "Our own login to RingCX fails."],
      ["GuardTriggered", "guard-triggered", "A guard held failover back, or failover sees less than was declared."],
      ["AssumptionBroken", "assumption-broken", "RingCX does something that the program cannot work with."],
    ] as const;
    for (const [name, page, what] of counted) this.#alarm(name, { metric: this.#metrics.count(name), page, what });

    const measured = [
      ["RotationOverdue", "rotation-overdue", "A credential is older than its secret allows."],
      ["RotationDiverged", "rotation-diverged", "RingCX holds another credential than the secret's current one."],
      ["RotationFailing", "rotation-failing", "A credential could not be brought to RingCX."],
      ["EdgesNotPermitted", "edges-not-permitted", "A service is called with a secret whose tags do not allow it."],
      [
        "AuthConfigsNotFollowed",
        "auth-configs-not-followed",
        "New versions of a secret do not reach an auth config, or something about the secret itself is wrong.",
      ],
      ["InactiveTooLong", "inactive-too-long", "A service has been inactive for an outage for too long."],
      ["ItemsUnreadable", "items-unreadable", "An item of the state table cannot be read."],
      // What failed once is asked again in a minute.
      ["EvidenceNotAsked", "evidence-not-asked", "Failover could not ask how a service is, by our own fault.", 2],
      ["SweepErrors", "sweep-fails", "The sweep of an account fails, or does not come in time.", 2],
    ] as const;
    for (const [name, page, what, evaluationPeriods = 1] of measured) {
      // Between two runs the last answer stands: otherwise a slow schedule would raise and clear the alarm in turn.
      const missing = TreatMissingData.IGNORE;
      this.#alarm(name, { metric: this.#metrics.gauge(name), page, what, missing, evaluationPeriods });
    }
  }

  /** A schedule that no longer runs makes no error anywhere: that nothing is measured is the sign. */
  #scheduleAlarms({ rotation, failover }: EnvironmentSettings): void {
    const schedules = [
      ["SweepNotRunning", "ServicesInactive", failover.sweepSchedule],
      ["SyncNotRunning", "AuthConfigsWatched", rotation.schedule],
    ] as const;
    for (const [id, gauge, rate] of schedules) {
      const { period, periods } = threeRuns(rateMinutes(rate));
      this.#alarm(id, {
        metric: this.#metrics.gauge(gauge).with({ statistic: Stats.SAMPLE_COUNT, period }),
        evaluationPeriods: periods,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        page: "schedule-not-running",
        what: `No run has ended since three were due (${rate}).`,
        missing: TreatMissingData.BREACHING,
      });
    }
  }

  #functionAlarm(id: AlarmId, fn: AutomationFunction): void {
    const metric = fn.metricErrors({ period: Duration.minutes(5), statistic: Stats.SUM });
    // One error is retried and forgotten; three in five minutes are not.
    this.#alarm(id, { metric, threshold: 3, page: "function-errors", what: `${fn.node.id} fails.` });
  }

  #alarm(id: AlarmId, { metric, page, what, missing, ...options }: AlarmSettings): void {
    const alarm = new Alarm(this, id, {
      metric,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Nothing to send, to log in for or to wait for is normal.
      treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
      alarmDescription: `${what} What to do: docs/runbook.md#${page}`,
      ...options,
    });
    const urgency = urgencyOf[id];
    const tell = new SnsAction(this.topics[urgency]);
    alarm.addAlarmAction(tell);
    alarm.addOkAction(tell);
    // Both are set right at once: nothing measured is no alarm to them.
    if (id === "TokenRenewalFailed" || id === "RateLimited") outputTestCommand(alarm, urgency);
    this.#alarms.push(alarm);
  }
}

interface AlarmSettings {
  metric: IMetric;
  /** @default 1 */
  threshold?: number;
  /** @default 1 */
  evaluationPeriods?: number;
  /** @default at the threshold and above */
  comparisonOperator?: ComparisonOperator;
  /** Heading in docs/runbook.md. */
  page: string;
  what: string;
  /** @default not breaching */
  missing?: TreatMissingData;
}

/** How long three runs take, in periods that CloudWatch takes: a day of short ones, or a week of hours. */
function threeRuns(minutesBetween: number): { period: Duration; periods: number } {
  const wait = 3 * minutesBetween;
  if (wait <= 24 * 60) return { period: Duration.minutes(5), periods: Math.ceil(wait / 5) };
  return { period: Duration.hours(1), periods: Math.min(Math.ceil(wait / 60), 7 * 24) };
}
