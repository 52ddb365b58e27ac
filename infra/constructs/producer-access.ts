import { Stack } from "aws-cdk-lib";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import { Alias } from "aws-cdk-lib/aws-kms";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";
import type { EnvironmentSettings } from "../environments.ts";
import { queueService } from "./building-blocks/allowed-producers.ts";
import { output } from "./building-blocks/output.ts";
import type { OutageFailover } from "./outage-failover.ts";
import type { RingCxAccess } from "./ringcx-access.ts";
import type { ServiceProvisioning } from "./service-provisioning.ts";

/** What of the stack its producers meet. */
export interface ProducerAccessProps {
  settings: Pick<EnvironmentSettings, "name">;
  access: RingCxAccess;
  provisioning: ServiceProvisioning;
  failover: OutageFailover;
}

/**
 * What producers need to know, where they can look it up without asking anybody: an alias of the key, and parameters of
 * Systems Manager under `/ringcx-automation/ENVIRONMENT/`. Parameters and not exports: what is imported could not be removed.
 */
export class ProducerAccess extends Construct {
  readonly #props: ProducerAccessProps;

  constructor(scope: Construct, id: string, props: ProducerAccessProps) {
    super(scope, id);
    this.#props = props;
    const { settings, access, provisioning, failover } = props;
    const path = `/ringcx-automation/${settings.name}`;
    const { aliasName } = new Alias(this, "KeyAlias", {
      aliasName: `alias/ringcx-automation/${settings.name}`,
      targetKey: access.key,
    });
    const values = {
      "provisioning-queue-url": provisioning.queue.queueUrl,
      "provisioning-queue-arn": provisioning.queue.queueArn,
      "command-queue-url": failover.commandQueue.queueUrl,
      "command-queue-arn": failover.commandQueue.queueArn,
      "outcome-topic-arn": access.outcomes.topicArn,
      "key-arn": access.key.keyArn,
    };
    for (const [name, stringValue] of Object.entries(values)) {
      new StringParameter(this, name, { parameterName: `${path}/${name}`, stringValue });
    }
    output(this, "ParameterPath", { value: path });
    output(this, "KeyAlias", { value: aliasName });
  }

  grantProvision(grantee: IGrantable): Grant {
    return this.#grantSend(grantee, this.#props.provisioning.queue);
  }

  grantCommand(grantee: IGrantable): Grant {
    return this.#grantSend(grantee, this.#props.failover.commandQueue);
  }

  /** Sending needs the key too, through SQS only. Source: SQS Developer Guide, "Key management". */
  #grantSend(grantee: IGrantable, queue: Queue): Grant {
    const { key } = this.#props.access;
    return Grant.addToPrincipal({
      grantee,
      actions: ["sqs:SendMessage", "sqs:GetQueueUrl"],
      resourceArns: [queue.queueArn],
    }).combine(
      Grant.addToPrincipal({
        grantee,
        actions: ["kms:GenerateDataKey", "kms:Decrypt"],
        resourceArns: [key.keyArn],
        conditions: { StringEquals: { "kms:ViaService": queueService(Stack.of(queue)) } },
      }),
    );
  }
}
