import { Stack, Tags } from "aws-cdk-lib";
import { ManagedPolicy, PermissionsBoundary } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { AlarmForwarding } from "./constructs/alarm-forwarding.ts";
import { alarmBusArn } from "./constructs/building-blocks/alarm-bus.ts";
import { type EnvironmentSettings, forwardingStackName } from "./environments.ts";

/** The environment whose bus the events go to, and the region that they come from. */
export interface AlarmForwardingStackProps {
  environment: EnvironmentSettings;
  region: string;
}

/** What an environment has in another region in which its alarms live: a rule that brings their events home. */
export class AlarmForwardingStack extends Stack {
  constructor(scope: Construct, id: string, { environment: settings, region }: AlarmForwardingStackProps) {
    super(scope, id, {
      stackName: forwardingStackName(settings),
      description: `RingCX service automation (${settings.name}): alarms of ${region} for ${settings.region}`,
      env: { region, ...(settings.account !== undefined && { account: settings.account }) },
    });
    if (settings.permissionsBoundaryArn !== undefined) {
      PermissionsBoundary.of(this).apply(
        ManagedPolicy.fromManagedPolicyArn(this, "Boundary", settings.permissionsBoundaryArn),
      );
    }
    const { alarmNamePrefixes } = settings.failover;
    new AlarmForwarding(this, "Alarms", {
      eventBusArn: alarmBusArn(this, settings),
      ...(alarmNamePrefixes.length > 0 && { alarmNamePrefixes }),
    });
    for (const [key, value] of Object.entries(settings.tags)) Tags.of(this).add(key, value);
  }
}
