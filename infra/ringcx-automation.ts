import { Stack, Token } from "aws-cdk-lib";
import type { Alarm, Metric, MetricOptions } from "aws-cdk-lib/aws-cloudwatch";
import type { Grant, IGrantable } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { type ITopic, SubscriptionFilter } from "aws-cdk-lib/aws-sns";
import { LambdaSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { OutcomeStatus } from "../shared/contract/outcome.ts";
import { output, ownOutputs } from "./constructs/building-blocks/output.ts";
import { CredentialRotation } from "./constructs/credential-rotation.ts";
import { AutomationMetrics, type Counter, type Gauge } from "./constructs/operations/automation-metrics.ts";
import { Operations } from "./constructs/operations/operations.ts";
import { OutageFailover } from "./constructs/outage-failover.ts";
import { ProducerAccess } from "./constructs/producer-access.ts";
import { RingCxAccess } from "./constructs/ringcx-access.ts";
import { ServiceProvisioning } from "./constructs/service-provisioning.ts";
import { checkedEnvironment, type EnvironmentInput } from "./environments.ts";

/**
 * Settings of an automation; everything that is left out has a default. Where it runs is its stack's to say, tags and
 * permissions boundaries are CDK's own (`Tags.of`, `PermissionsBoundary.of`).
 */
export type RingCxAutomationProps = Omit<EnvironmentInput, "region" | "account" | "tags" | "permissionsBoundaryArn">;

/** The whole system for one environment: provisioning, rotation, failover, and what the person on call sees of them. */
export class RingCxAutomation extends Construct {
  /** Takes messages: a FIFO queue. Senders need its key, too: {@link grantProvision}. */
  readonly provisioningQueue: IQueue;
  /** Takes commands: a standard queue. Senders need its key, too: {@link grantCommand}. */
  readonly commandQueue: IQueue;
  /** What became of messages, rotations and outages. */
  readonly outcomes: ITopic;
  /** Rotates secrets for Secrets Manager: for `RotatedAuthSecret`. */
  readonly rotationFunction: IFunction;
  /** Every alarm that needs a person, in the order of the dashboard. */
  readonly alarms: readonly Alarm[];
  /** Told when one that cannot wait begins and ends. */
  readonly pages: ITopic;
  /** Told when one that can wait for a working day begins and ends. */
  readonly tickets: ITopic;
  readonly #producers: ProducerAccess;
  readonly #metrics: AutomationMetrics;

  /** @throws {Error} naming every wrong setting, what was expected and how to mend it */
  constructor(scope: Construct, id: string, props: RingCxAutomationProps) {
    super(scope, id);
    ownOutputs(this);
    const { region } = Stack.of(this);
    if (Token.isUnresolved(region)) {
      throw new Error(
        `${this.node.path}: its stack has no region. Give it one, \`env: { region: "eu-central-1" }\`: names of queues, alarms of other regions and the dashboard's links depend on it.`,
      );
    }
    const settings = checkedEnvironment({ ...props, region }, `RingCxAutomation ${this.node.path}`);
    const access = new RingCxAccess(this, "Access", { settings });
    const provisioning = new ServiceProvisioning(this, "Provisioning", { settings, access });
    const rotation = new CredentialRotation(this, "Rotation", { settings, access });
    const failover = new OutageFailover(this, "Failover", { settings, access });
    this.#producers = new ProducerAccess(this, "Producers", { settings, access, provisioning, failover });
    const operations = new Operations(this, "Operations", { settings, access, provisioning, rotation, failover });
    const functions = [provisioning.intake, provisioning.function, rotation.sync, rotation.rotate, failover.function];
    output(this, "LogGroupNames", { value: functions.map(({ logs }) => logs.logGroupName).join(" ") });
    this.#metrics = new AutomationMetrics(settings.name);
    this.provisioningQueue = provisioning.queue;
    this.commandQueue = failover.commandQueue;
    this.outcomes = access.outcomes;
    this.rotationFunction = rotation.rotate;
    this.alarms = operations.alarms;
    this.pages = operations.topics.page;
    this.tickets = operations.topics.ticket;
  }

  /** Lets a role or user of the same AWS account send messages: the queue, and the key that encrypts it. */
  grantProvision(grantee: IGrantable): Grant {
    return this.#producers.grantProvision(grantee);
  }

  /** Lets a role or user of the same AWS account send commands: the queue, and the key that encrypts it. */
  grantCommand(grantee: IGrantable): Grant {
    return this.#producers.grantCommand(grantee);
  }

  /** Calls a function with each outcome, or with those of the statuses. One outcome may come twice: it has a stable `id`. */
  onOutcome(fn: IFunction, { statuses }: { statuses?: readonly OutcomeStatus[] } = {}): void {
    const filter = statuses && {
      filterPolicy: { status: SubscriptionFilter.stringFilter({ allowlist: [...statuses] }) },
    };
    this.outcomes.addSubscription(new LambdaSubscription(fn, filter));
  }

  /** Something that the functions count, summed over the period: `RequestsSent`, `RateLimited`. @param options as for any metric */
  metricCount(name: Counter, options: MetricOptions = {}): Metric {
    return this.#metrics.count(name).with(options);
  }

  /** Something that the functions measure in each run: `ServicesInactive`, `RotationOverdue`. */
  metricGauge(name: Gauge, options: MetricOptions = {}): Metric {
    return this.#metrics.gauge(name).with(options);
  }

  /** How many services are inactive for an outage. */
  metricServicesInactive(options: MetricOptions = {}): Metric {
    return this.metricGauge("ServicesInactive", options);
  }

  /** How many requests RingCX was sent. */
  metricRequestsSent(options: MetricOptions = {}): Metric {
    return this.metricCount("RequestsSent", options);
  }
}
