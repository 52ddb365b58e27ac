import { Names, Stack, Token } from "aws-cdk-lib";
import type { Metric, MetricOptions } from "aws-cdk-lib/aws-cloudwatch";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { type ITopic, type ITopicSubscription, SubscriptionFilter } from "aws-cdk-lib/aws-sns";
import { LambdaSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct, type IConstruct } from "constructs";
import * as z from "zod";
import type { OutcomeStatus } from "../../shared/contract/outcome.ts";
import { checkedInput } from "../checked-input.ts";
import { AutomationMetrics, type Counter, counters, type Gauge, gauges } from "./operations/automation-metrics.ts";
import { grantee as granteeSchema, lambdaFunction, outcomeOptions } from "./props.ts";

/** What follows from the queues, the topic, the key and the name alone. */
export abstract class AutomationBase extends Construct {
  /** Takes messages: a FIFO queue. Senders need its key, too: `grantProvision`. */
  abstract readonly provisioningQueue: IQueue;
  /** Takes commands: a standard queue. Senders need its key, too: `grantCommand`. */
  abstract readonly commandQueue: IQueue;
  /** What became of messages, rotations and outages. */
  abstract readonly outcomes: ITopic;
  /** The environment's name, which its metrics carry. */
  protected abstract readonly environmentName: string;
  /** ARN of the key that encrypts the queues. */
  protected abstract readonly queueKeyArn: string;
  /** SQS where the queues are, as KMS calls it: `sqs.eu-central-1.amazonaws.com`. */
  protected abstract readonly queueService: string[];
  readonly #told = new Set<IFunction>();

  /**
   * Lets a role or user of the same AWS account send messages: the queue, and the key that encrypts it.
   *
   * @throws {Error} where nothing would be granted: to another AWS account or a service, which `provisioning.producers` names
   */
  grantProvision(grantee: IGrantable): Grant {
    return this.#grantSend(grantee, this.provisioningQueue);
  }

  /**
   * Lets a role or user of the same AWS account send commands: the queue, and the key that encrypts it.
   *
   * @throws {Error} where nothing would be granted: to another AWS account or a service, which `provisioning.producers` names
   */
  grantCommand(grantee: IGrantable): Grant {
    return this.#grantSend(grantee, this.commandQueue);
  }

  /**
   * Calls a function with each outcome, or with those of the statuses. One outcome may come twice: it has a stable `id`.
   *
   * @throws {Error} where it is called already: one subscription holds all statuses; where it is in another AWS account or region
   */
  onOutcome(fn: IFunction, options: { statuses?: readonly OutcomeStatus[] } = {}): void {
    this.#checked("onOutcome", lambdaFunction, fn, "fn");
    const { statuses } = this.#checked("onOutcome", outcomeOptions, options, "options");
    if (this.#told.has(fn)) {
      throw new Error(
        `${this.node.path}.onOutcome: ${fn.node.path} is called with its outcomes already, and SNS keeps one subscription for a function: name all statuses in one call`,
      );
    }
    this.#reaches(fn);
    this.#told.add(fn);
    this.outcomes.addSubscription(outcomesTo(fn, statuses));
  }

  /** CDK has no reference to a topic of another region or account that it names itself. */
  #reaches(fn: IFunction): void {
    const { account, region } = this.#place();
    const isElsewhere = isOther(fn.env.account, account) || isOther(fn.env.region, region);
    if (!isElsewhere || !Token.isUnresolved(this.outcomes.topicArn)) return;
    throw new Error(
      `${this.node.path}.onOutcome: fn: ${fn.node.path} is in another AWS account or region. Import the automation there, with the ARNs that its outputs and parameters show: RingCxAutomation.fromAutomationAttributes(stackThere, ...).onOutcome(fn).`,
    );
  }

  /** Something that the functions count, summed over the period: `RequestsSent`, `RateLimited`. @param options as for any metric */
  metricCount(name: Counter, options: MetricOptions = {}): Metric {
    this.#checked("metricCount", z.enum(counters), name, "name");
    return new AutomationMetrics(this.environmentName).count(name).with({ ...this.#ofPlace(), ...options });
  }

  /** Something that the functions measure in each run: `ServicesInactive`, `RotationOverdue`. */
  metricGauge(name: Gauge, options: MetricOptions = {}): Metric {
    this.#checked("metricGauge", z.enum(gauges), name, "name");
    return new AutomationMetrics(this.environmentName).gauge(name).with({ ...this.#ofPlace(), ...options });
  }

  /** How many services are inactive for an outage. */
  metricServicesInactive(options: MetricOptions = {}): Metric {
    return this.metricGauge("ServicesInactive", options);
  }

  /** How many requests RingCX was sent. */
  metricRequestsSent(options: MetricOptions = {}): Metric {
    return this.metricCount("RequestsSent", options);
  }

  /** Where it runs: what its queue's ARN says, or else the stack. */
  #place(): { account: string; region: string } {
    const [queue, stack] = [this.provisioningQueue.env, Stack.of(this)];
    const known = (value: string, otherwise: string) => (Token.isUnresolved(value) ? otherwise : value);
    return { account: known(queue.account, stack.account), region: known(queue.region, stack.region) };
  }

  /** So that an alarm or a dashboard elsewhere is refused, or shows it, instead of a metric that does not exist. */
  #ofPlace(): MetricOptions {
    const { account, region } = this.#place();
    return {
      ...(!Token.isUnresolved(account) && { stackAccount: account }),
      ...(!Token.isUnresolved(region) && { stackRegion: region }),
    };
  }

  /** Sending needs the key too, through SQS only. Source: SQS Developer Guide, "Key management". */
  #grantSend(grantee: IGrantable, { queueArn }: IQueue): Grant {
    this.#checked("grant", granteeSchema, grantee, "grantee");
    const { principalAccount } = grantee.grantPrincipal;
    const isElsewhere = isOther(principalAccount, this.#place().account);
    if (isElsewhere) throw this.#grantsNothing(`is of the AWS account ${principalAccount}`);
    const grant = Grant.addToPrincipal({
      grantee,
      actions: ["sqs:SendMessage", "sqs:GetQueueUrl"],
      resourceArns: [queueArn],
    }).combine(
      Grant.addToPrincipal({
        grantee,
        actions: ["kms:GenerateDataKey", "kms:Decrypt"],
        resourceArns: [this.queueKeyArn],
        conditions: { StringEquals: { "kms:ViaService": this.queueService } },
      }),
    );
    if (!grant.success) throw this.#grantsNothing("has no policy of its own");
    return grant;
  }

  /** The policies of the queues and the key are made of the settings alone. */
  #grantsNothing(why: string): Error {
    return new Error(
      `${this.node.path}.grant: grantee: ${why}, so that nothing would be granted. Name its AWS account, or the ARN of its role or user, in provisioning.producers of the automation.`,
    );
  }

  #checked<Schema extends z.ZodType>(method: string, schema: Schema, input: unknown, called: string): z.output<Schema> {
    return checkedInput(schema, input, { where: `${this.node.path}.${method}`, called });
  }
}

/** Whether two AWS accounts or regions surely differ. */
function isOther(one: string | undefined, other: string): boolean {
  return one !== undefined && !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
}

/** A function keeps its subscriptions under the topic's id, which is the same for all automations: a second one's is its own. */
function outcomesTo(fn: IFunction, statuses: readonly OutcomeStatus[] | undefined): ITopicSubscription {
  const filterPolicy = statuses && { status: SubscriptionFilter.stringFilter({ allowlist: [...statuses] }) };
  const subscription = new LambdaSubscription(fn, filterPolicy && { filterPolicy });
  return {
    bind(topic) {
      const made = subscription.bind(topic);
      const isTaken = made.subscriberScope?.node.tryFindChild(made.subscriberId) !== undefined;
      return isTaken ? { ...made, subscriberId: Names.nodeUniqueId(topic.node) } : made;
    },
  };
}

/** An automation as others use it, whether it is made in this app or elsewhere. */
export interface IRingCxAutomation
  extends IConstruct,
    Pick<
      AutomationBase,
      | "provisioningQueue"
      | "commandQueue"
      | "outcomes"
      | "grantProvision"
      | "grantCommand"
      | "onOutcome"
      | "metricCount"
      | "metricGauge"
      | "metricServicesInactive"
      | "metricRequestsSent"
    > {}
