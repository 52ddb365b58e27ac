import { Arn, ArnFormat, Stack, Token } from "aws-cdk-lib";
import { type ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { type IQueue, Queue } from "aws-cdk-lib/aws-sqs";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import type { Construct } from "constructs";
import { textLimits } from "../aws-limits.ts";
import { checkedInput } from "../checked-input.ts";
import { limited } from "../environment-fields.ts";
import { AutomationBase } from "./automation-base.ts";
import { queueService } from "./building-blocks/allowed-producers.ts";
import { parameterPath } from "./building-blocks/parameter-path.ts";
import { automationAttributes } from "./props.ts";

/** What is known of an automation that another app made. */
export interface AutomationAttributes {
  /** Its `name`. */
  name: string;
  /** ARN of the FIFO queue for messages. */
  provisioningQueueArn: string;
  /** ARN of the queue for commands. */
  commandQueueArn: string;
  /** ARN of the topic of outcomes. */
  outcomeTopicArn: string;
  /** ARN of the key that encrypts them. */
  keyArn: string;
}

/** An automation that another app made. */
export class ImportedAutomation extends AutomationBase {
  readonly provisioningQueue: IQueue;
  readonly commandQueue: IQueue;
  readonly outcomes: ITopic;
  protected readonly environmentName: string;
  protected readonly queueKeyArn: string;
  protected readonly queueService: string[];

  constructor(scope: Construct, id: string, attributes: AutomationAttributes) {
    super(scope, id);
    const where = `fromAutomationAttributes ${this.node.path}`;
    const checked = checkedInput(automationAttributes, attributes, { where, called: "attributes" });
    const { name, provisioningQueueArn, commandQueueArn, outcomeTopicArn, keyArn } = checked;
    const queue = (queueId: string, queueArn: string, fifo: boolean) =>
      Queue.fromQueueAttributes(this, queueId, { queueArn, keyArn, fifo });
    this.provisioningQueue = queue("ProvisioningQueue", provisioningQueueArn, true);
    this.commandQueue = queue("CommandQueue", commandQueueArn, false);
    this.outcomes = Topic.fromTopicArn(this, "Outcomes", outcomeTopicArn);
    this.environmentName = name;
    this.queueKeyArn = keyArn;
    const { region = "" } = Arn.split(provisioningQueueArn, ArnFormat.NO_RESOURCE_NAME);
    this.queueService = queueService(Token.isUnresolved(region) ? Stack.of(this).region : region);
  }
}

/** The automation of that name in the stack's AWS account and region, by the parameters that it has there. */
export function importedByName(scope: Construct, id: string, name: string): ImportedAutomation {
  const where = `fromAutomationName ${scope.node.path}/${id}`;
  checkedInput(limited(textLimits.name), name, { where, called: "name" });
  const of = (parameter: string) =>
    StringParameter.valueForStringParameter(scope, `${parameterPath(name)}/${parameter}`);
  return new ImportedAutomation(scope, id, {
    name,
    provisioningQueueArn: of("provisioning-queue-arn"),
    commandQueueArn: of("command-queue-arn"),
    outcomeTopicArn: of("outcome-topic-arn"),
    keyArn: of("key-arn"),
  });
}
