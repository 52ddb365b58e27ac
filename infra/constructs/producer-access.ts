import { Alias } from "aws-cdk-lib/aws-kms";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";
import type { EnvironmentSettings } from "../environments.ts";
import { output } from "./building-blocks/output.ts";
import { parameterPath } from "./building-blocks/parameter-path.ts";
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
  constructor(scope: Construct, id: string, { settings, access, provisioning, failover }: ProducerAccessProps) {
    super(scope, id);
    const path = parameterPath(settings.name);
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
}
