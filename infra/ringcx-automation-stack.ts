import { Stack, Tags } from "aws-cdk-lib";
import { type Grant, type IGrantable, ManagedPolicy, PermissionsBoundary } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { CredentialRotation } from "./constructs/credential-rotation.ts";
import { Operations } from "./constructs/operations/operations.ts";
import { OutageFailover } from "./constructs/outage-failover.ts";
import { ProducerAccess } from "./constructs/producer-access.ts";
import { RingCxAccess } from "./constructs/ringcx-access.ts";
import { ServiceProvisioning } from "./constructs/service-provisioning.ts";
import { type EnvironmentSettings, stackName } from "./environments.ts";

/** The environment that the stack is for. */
export interface RingCxAutomationStackProps {
  environment: EnvironmentSettings;
}

/** The whole system of one environment. */
export class RingCxAutomationStack extends Stack {
  readonly #producers: ProducerAccess;

  constructor(scope: Construct, id: string, { environment: settings }: RingCxAutomationStackProps) {
    super(scope, id, {
      // Of its name alone, whatever else the app holds: a second region with the name renames no stack.
      stackName: stackName(settings),
      description: `RingCX service automation (${settings.name}): provisioning, rotation and failover`,
      env: { region: settings.region, ...(settings.account !== undefined && { account: settings.account }) },
    });
    if (settings.permissionsBoundaryArn !== undefined) {
      PermissionsBoundary.of(this).apply(
        ManagedPolicy.fromManagedPolicyArn(this, "Boundary", settings.permissionsBoundaryArn),
      );
    }
    const access = new RingCxAccess(this, "Access", { settings });
    const provisioning = new ServiceProvisioning(this, "Provisioning", { settings, access });
    const rotation = new CredentialRotation(this, "Rotation", { settings, access });
    const failover = new OutageFailover(this, "Failover", { settings, access });
    this.#producers = new ProducerAccess(this, "Producers", { settings, access, provisioning, failover });
    new Operations(this, "Operations", { settings, access, provisioning, rotation, failover });
    for (const [key, value] of Object.entries(settings.tags)) Tags.of(this).add(key, value);
  }

  /** Lets a role or user of the same AWS account send messages: the queue, and the key that encrypts it. */
  grantProvision(grantee: IGrantable): Grant {
    return this.#producers.grantProvision(grantee);
  }

  /** Lets a role or user of the same AWS account send commands: the queue, and the key that encrypts it. */
  grantCommand(grantee: IGrantable): Grant {
    return this.#producers.grantCommand(grantee);
  }
}
