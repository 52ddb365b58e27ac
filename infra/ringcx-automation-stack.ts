import { Stack, Tags } from "aws-cdk-lib";
import { ManagedPolicy, PermissionsBoundary } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { type EnvironmentSettings, stackName } from "./environments.ts";
import { RingCxAutomation } from "./ringcx-automation.ts";

/** The environment that the stack is for. */
export interface RingCxAutomationStackProps {
  environment: EnvironmentSettings;
}

/** The whole system of one environment. */
export class RingCxAutomationStack extends Stack {
  readonly automation: RingCxAutomation;

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
    const { region: _r, account: _a, tags, permissionsBoundaryArn: _p, ...props } = settings;
    this.automation = new RingCxAutomation(this, "Default", props);
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value);
  }
}
