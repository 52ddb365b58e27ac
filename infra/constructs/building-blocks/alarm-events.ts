import { ArnFormat, Stack } from "aws-cdk-lib";
import type { EventPattern } from "aws-cdk-lib/aws-events";
import type { IConstruct } from "constructs";

/**
 * CloudWatch's alarms that change their state, without those of the stack itself: no service depends on them, and each
 * would cost a run. Source: CloudWatch User Guide, "Alarm events and EventBridge".
 *
 * @param prefixes with which the names of alarms begin that count; none, and all do
 */
export function alarmEvents(scope: IConstruct, prefixes: readonly string[] = []): EventPattern {
  const stack = Stack.of(scope);
  const own = stack.formatArn({
    service: "cloudwatch",
    resource: "alarm",
    resourceName: `${stack.stackName}-`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return {
    source: ["aws.cloudwatch"],
    detailType: ["CloudWatch Alarm State Change"],
    // By the ARN, so that the name is left for what settings ask for: what one field lists are alternatives.
    resources: [{ "anything-but": { prefix: own } }] as unknown as string[],
    ...(prefixes.length > 0 && { detail: { alarmName: prefixes.map((prefix) => ({ prefix })) } }),
  };
}
