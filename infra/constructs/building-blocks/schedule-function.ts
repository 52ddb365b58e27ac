import { Stack, TimeZone } from "aws-cdk-lib";
import { Role } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from "aws-cdk-lib/aws-scheduler";
import { LambdaInvoke } from "aws-cdk-lib/aws-scheduler-targets";
import type { Construct } from "constructs";
import { explain } from "./explained-rules.ts";
import { serviceOfAccount } from "./service-of-account.ts";

/**
 * Invokes a function again and again, with the time for which it was due as `time`. A tick that failed is not kept: the next
 * one does the same work.
 *
 * @param source what the function sees as `source` of the event
 * @param key encrypts the schedule; without it a key of AWS's own
 */
export function scheduleFunction(
  scope: Construct,
  id: string,
  { target, expression, source, key }: { target: IFunction; expression: string; source: string; key: IKey | undefined },
): void {
  // The scheduler names the group as its source, never the schedule: a narrower pattern would keep the schedule from being
  // made. Source: EventBridge Scheduler User Guide, "Confused deputy prevention".
  const group = Stack.of(scope).formatArn({
    service: "scheduler",
    resource: "schedule-group",
    resourceName: "default",
  });
  const role = new Role(scope, `${id}Role`, { assumedBy: serviceOfAccount(scope, "scheduler.amazonaws.com", group) });
  const invoke = new LambdaInvoke(target, {
    input: ScheduleTargetInput.fromObject({ source, time: ContextAttribute.scheduledTime }),
    retryAttempts: 0,
    role,
  });
  const schedule = ScheduleExpression.expression(expression, TimeZone.ETC_UTC);
  new Schedule(scope, id, { schedule, target: invoke, ...(key && { key }) });
  explain(role, {
    [`AwsSolutions-IAM5[Resource::<${logicalId(target)}.Arn>:*]`]:
      "EventBridge Scheduler's target invokes any version of this one function.",
  });
}

function logicalId(target: IFunction): string {
  const { stack } = target;
  return stack.getLogicalId(target.node.defaultChild as Parameters<typeof stack.getLogicalId>[0]);
}
