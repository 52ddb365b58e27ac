import { Duration } from "aws-cdk-lib";
import { MathExpression, Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";

/** Counted: each value is one occurrence or several. */
export const counters = [
  "RequestsSent",
  "RateLimited",
  "QuotaDeferred",
  "TokenRenewed",
  "TokenRenewalFailed",
  "GuardTriggered",
  "AssumptionBroken",
  "AccountsNotRead",
  "RotationBindingsRefused",
] as const;
/** See {@link counters}. */
export type Counter = (typeof counters)[number];

/** Measured by every run of a schedule, or by an account's sweep, zero too: the last value holds until the next run. */
export const gauges = [
  "ServicesInactive",
  "InactiveTooLong",
  "EvidenceNotAsked",
  "ItemsUnreadable",
  "SweepErrors",
  "RotationOverdue",
  "RotationDiverged",
  "RotationFailing",
  "EdgesNotPermitted",
  "AuthConfigsNotFollowed",
  "AuthConfigsChanged",
  "AuthConfigsWatched",
  "OldestMessageSeconds",
] as const;
/** See {@link gauges}. */
export type Gauge = (typeof gauges)[number];

/**
 * What the functions publish about themselves, over all of them: one dimension, `service`, whose value is the
 * environment's. Nothing is counted by account or service, so that the number of metrics does not grow.
 */
export class AutomationMetrics {
  readonly #service: string;

  constructor(environmentName: string) {
    this.#service = `ringcx-automation-${environmentName}`;
  }

  count(metricName: Counter, { period = Duration.minutes(5), label }: { period?: Duration; label?: string } = {}) {
    return this.#metric(metricName, { service: this.#service }, Stats.SUM, period, label);
  }

  gauge(metricName: Gauge, label?: string) {
    return this.#metric(metricName, { service: this.#service }, Stats.MAXIMUM, Duration.minutes(5), label);
  }

  /** The sum over all accounts of what each account's sweep measures, whatever the period. */
  total(metricName: Gauge, accounts: number, label: string) {
    const average = this.gauge(metricName).with({ statistic: Stats.AVERAGE });
    return new MathExpression({ expression: `${accounts} * average`, usingMetrics: { average }, label });
  }

  outcomes(status: string) {
    const dimensions = { service: this.#service, status };
    return this.#metric("OutcomePublished", dimensions, Stats.SUM, Duration.minutes(5), status);
  }

  #metric(
    metricName: string,
    dimensionsMap: Record<string, string>,
    statistic: string,
    period: Duration,
    label?: string,
  ) {
    const named = label === undefined ? {} : { label };
    return new Metric({ namespace: "RingCxAutomation", metricName, dimensionsMap, statistic, period, ...named });
  }
}
