import { Duration, Stack } from "aws-cdk-lib";
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  LogQueryWidget,
  SingleValueWidget,
  Stats,
  TextWidget,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import { outcomeStatusSchema } from "../../../shared/contract/outcome.ts";
import type { AutomationFunction } from "../building-blocks/automation-function.ts";
import type { AutomationMetrics } from "./automation-metrics.ts";
import type { OperationsProps } from "./operations-props.ts";

interface DashboardProps extends OperationsProps {
  metrics: AutomationMetrics;
  alarms: IAlarm[];
}

const minute = { period: Duration.minutes(1) };

/** One page: is any action required, is the limit kept, does anything wait, what became of it, what is out and why. */
export function operationsDashboard(scope: Construct, props: DashboardProps): void {
  const { settings, provisioning, rotation, failover, metrics, alarms } = props;
  const functions = [provisioning.intake, provisioning.function, rotation.sync, rotation.rotate, failover.function];
  const queues = [provisioning.queue, failover.commandQueue, failover.alarmQueue, failover.sweepQueue];
  const accounts = settings.connections.flatMap(({ accountIds }) => accountIds).length;
  const inactive = (label: string) => metrics.total("ServicesInactive", accounts, label);
  const limits = new Set(settings.connections.map(({ quota }) => quota.limit));
  const dashboard = new Dashboard(scope, "Dashboard", {
    // Dashboards are of the AWS account, not of a region: the same name in two regions would be one dashboard.
    dashboardName: `RingCxAutomation-${settings.name}-${settings.region}`,
    defaultInterval: Duration.hours(3),
  });

  dashboard.addWidgets(
    new TextWidget({
      markdown: `# RingCX automation: ${settings.name}\nEvery alarm's description names its page in docs/runbook.md.`,
      width: 24,
      height: 2,
    }),
    new AlarmStatusWidget({ title: "Is any action required?", width: 24, height: 4, alarms }),
    new SingleValueWidget({
      title: "Now",
      width: 12,
      height: 6,
      metrics: [
        inactive("services inactive"),
        metrics.gauge("RotationOverdue", "credentials overdue"),
        metrics.gauge("RotationDiverged", "diverged"),
        provisioning.rejects.metricApproximateNumberOfMessagesVisible({ label: "messages rejected" }),
      ],
    }),
    new GraphWidget({
      title: "RingCX requests a minute",
      width: 12,
      height: 6,
      left: [
        metrics.count("RequestsSent", minute),
        metrics.count("RateLimited", minute),
        metrics.count("QuotaDeferred", minute),
      ],
      leftAnnotations: [...limits].map((value) => ({ value, label: "limit of one account or connection" })),
    }),
    new GraphWidget({
      title: "Messages waiting",
      width: 8,
      left: queues.map((queue) => queue.metricApproximateNumberOfMessagesVisible({ label: queue.node.id })),
    }),
    new GraphWidget({
      title: "Oldest message (seconds)",
      width: 8,
      left: queues.map((queue) => queue.metricApproximateAgeOfOldestMessage({ label: queue.node.id })),
    }),
    new GraphWidget({
      title: "Outcomes by status",
      width: 8,
      stacked: true,
      left: outcomeStatusSchema.options.map((status) => metrics.outcomes(status)),
    }),
    new GraphWidget({
      title: "Services inactive; guards triggered",
      width: 8,
      left: [inactive("ServicesInactive"), metrics.gauge("InactiveTooLong"), metrics.count("GuardTriggered")],
    }),
    new GraphWidget({
      title: "Credentials",
      width: 8,
      left: [
        metrics.gauge("AuthConfigsWatched"),
        metrics.gauge("RotationOverdue"),
        metrics.gauge("RotationFailing"),
        metrics.gauge("RotationDiverged"),
        metrics.gauge("EdgesNotPermitted"),
        metrics.gauge("AuthConfigsNotFollowed"),
        metrics.gauge("AuthConfigsChanged"),
        metrics.count("RotationBindingsRefused"),
      ],
    }),
    new GraphWidget({
      title: "Token renewals",
      width: 8,
      left: [metrics.count("TokenRenewed"), metrics.count("TokenRenewalFailed")],
    }),
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
    latestOutcomes(scope, "Services in and out, and why", [failover.function]),
    latestOutcomes(scope, "Messages and credentials", [
      provisioning.intake,
      provisioning.function,
      rotation.sync,
      rotation.rotate,
    ]),
  );
}

function latestOutcomes(scope: Construct, title: string, functions: readonly AutomationFunction[]): LogQueryWidget {
  return new LogQueryWidget({
    title,
    width: 24,
    logGroupNames: functions.map(({ logs }) => logs.logGroupName),
    queryLines: [
      "filter message = 'outcome'",
      "fields @timestamp, status, summary",
      "sort @timestamp desc",
      "limit 50",
    ],
    region: Stack.of(scope).region,
  });
}
