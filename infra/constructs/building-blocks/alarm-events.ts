import { ArnFormat, CfnResource, Lazy, Stack } from "aws-cdk-lib";
import type { EventPattern } from "aws-cdk-lib/aws-events";
import type { IConstruct } from "constructs";

const alarmTypes = new Set(["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"]);

/**
 * CloudWatch's alarms that change their state. Source: CloudWatch User Guide, "Alarm events and EventBridge".
 *
 * @param prefixes with which the names of alarms begin that count; none, and all do
 */
export function alarmEvents(prefixes: readonly string[] = []): EventPattern {
  return {
    source: ["aws.cloudwatch"],
    detailType: ["CloudWatch Alarm State Change"],
    ...(prefixes.length > 0 && { detail: { alarmName: prefixes.map((prefix) => ({ prefix })) } }),
  };
}

/**
 * The same without an automation's own alarms: no service depends on them, and each would cost a run. Others of its stack are
 * somebody else's, and come. Of other regions and AWS accounts those of a stack of the same name stay away, too: it is the
 * same environment's there. A prefix that asks for nothing but own ones is an error of the synthesis.
 *
 * @param automation what its alarms are within
 * @param from where the events come from; `elsewhere` is any region and AWS account
 */
export function othersAlarmEvents(
  automation: IConstruct,
  { prefixes, from }: { prefixes: readonly string[]; from: "here" | "elsewhere" },
): EventPattern {
  const stack = Stack.of(automation);
  const own = Lazy.string({ produce: () => ownPrefix(automation) });
  const prefix = stack.formatArn({
    service: "cloudwatch",
    resource: "alarm",
    resourceName: own,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const ours = from === "here" ? { prefix } : { wildcard: `arn:*:alarm:${own}*` };
  automation.node.addValidation({
    validate: () =>
      prefixes
        .filter((each) => each.startsWith(ownPrefix(automation)))
        .map(
          (each) => `failover.alarmNamePrefixes: "${each}" is that of the automation's own alarms, which never count`,
        ),
  });
  // By the ARN, so that the name is left for what settings ask for: what one field lists are alternatives.
  return { ...alarmEvents(prefixes), resources: [{ "anything-but": ours }] as unknown as string[] };
}

/**
 * The name of an alarm to which CDK gives one of its own, as CloudFormation would give it: so that it begins as the
 * others' names do.
 */
export function alarmName(alarm: CfnResource): string {
  const stack = Stack.of(alarm);
  const id = stack.getLogicalId(alarm);
  // Its end tells two of one stack apart.
  return `${stack.stackName}-${id.length > 120 ? `${id.slice(0, 100)}${id.slice(-8)}` : id}`;
}

/**
 * How CloudFormation begins the names of an automation's alarms: the stack's name and what their logical ids have in common. It
 * cuts what is longer than 255 characters together with its own end, for which a stack's name of 128 and 100 leave room.
 */
function ownPrefix(automation: IConstruct): string {
  const stack = Stack.of(automation);
  // What a user puts into the construct is not among them.
  const operations = automation.node.findChild("Operations").node.findAll();
  const alarms = operations
    .filter(CfnResource.isCfnResource)
    .filter(({ cfnResourceType }) => alarmTypes.has(cfnResourceType));
  const [first = "", ...others] = alarms.map((alarm) => stack.getLogicalId(alarm));
  let length = 0;
  while (length < 100 && others.every((other) => other[length] === first[length])) length++;
  return `${stack.stackName}-${first.slice(0, length)}`;
}
