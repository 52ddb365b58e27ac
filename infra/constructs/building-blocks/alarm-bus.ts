import { ArnFormat, Stack } from "aws-cdk-lib";
import { EventBus } from "aws-cdk-lib/aws-events";
import { AccountPrincipal, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { type EnvironmentSettings, forwardingRegions, stackName } from "../../environments.ts";
import { output } from "./output.ts";

/**
 * The bus to which other regions and other AWS accounts send their alarms' events, if settings name any: a bus of the
 * environment's own, so that nobody is let in to the account's default bus. Other accounts may put events there; what AWS
 * calls its own (`aws.cloudwatch`) only rules can bring, nobody can make it up. Source: EventBridge User Guide, "Permissions
 * for event buses".
 */
export function alarmBus(scope: Construct, settings: EnvironmentSettings): EventBus | undefined {
  const accounts = Object.keys(settings.failover.alarmReadRoleArns);
  if (forwardingRegions(settings).length === 0 && accounts.length === 0) return undefined;
  const bus = new EventBus(scope, "AlarmBus", {
    // By its name it is found from another region, whose template cannot refer to it.
    eventBusName: stackName(settings),
    description: `Alarms of other regions and AWS accounts, for RingCX automation (${settings.name})`,
  });
  for (const account of accounts) {
    bus.addToResourcePolicy(
      new PolicyStatement({
        sid: `Alarms${account}`,
        principals: [new AccountPrincipal(account)],
        actions: ["events:PutEvents"],
        resources: [bus.eventBusArn],
      }),
    );
  }
  output(scope, "AlarmBusArn", { value: bus.eventBusArn });
  return bus;
}

/** The ARN that {@link alarmBus} has, as another region of the same AWS account knows it. */
export function alarmBusArn(scope: Construct, settings: Pick<EnvironmentSettings, "name" | "region">): string {
  return Stack.of(scope).formatArn({
    service: "events",
    region: settings.region,
    resource: "event-bus",
    resourceName: stackName(settings),
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}
