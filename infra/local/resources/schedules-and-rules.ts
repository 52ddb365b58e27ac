import * as z from "zod";
import type { BusEvent } from "../events/event-bus.ts";
import { rateInMs } from "../events/schedule-expression.ts";
import type { Invocation } from "../functions/local-function.ts";
import { type HostServices, physicalName, resourceKind } from "./resource-kind.ts";

const deadLetterSchema = z.object({ Arn: z.string().optional() }).optional();

const retrySchema = z
  .object({ MaximumRetryAttempts: z.coerce.number().optional(), MaximumEventAgeInSeconds: z.unknown().optional() })
  .optional();

const scheduleSchema = z.strictObject({
  Name: z.string().optional(),
  GroupName: z.string().optional(),
  ScheduleExpression: z.string(),
  State: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  FlexibleTimeWindow: z.unknown().optional(),
  ScheduleExpressionTimezone: z.unknown().optional(),
  Description: z.unknown().optional(),
  KmsKeyArn: z.unknown().optional(),
  Target: z.strictObject({
    Arn: z.string().startsWith("arn:aws:lambda:", "the local host's schedules invoke functions only"),
    RoleArn: z.string(),
    Input: z.string().optional(),
    RetryPolicy: retrySchema,
    DeadLetterConfig: deadLetterSchema,
  }),
});

/** The input with EventBridge Scheduler's own variables filled in. */
function scheduledInput(input: string, scheduleArn: string, at: Date): unknown {
  return JSON.parse(
    input
      .replaceAll("<aws.scheduler.scheduled-time>", at.toISOString().replace(/\.\d+Z$/, "Z"))
      .replaceAll("<aws.scheduler.schedule-arn>", scheduleArn)
      .replaceAll("<aws.scheduler.attempt-number>", "1"),
  ) as unknown;
}

export const schedule = resourceKind(scheduleSchema, (properties, logicalId, host) => {
  const name = properties.Name ?? physicalName(logicalId, host, 64);
  const group = properties.GroupName ?? "default";
  const scheduler = `arn:aws:scheduler:${host.region}:${host.account}`;
  const arn = `${scheduler}:schedule/${group}/${name}`;
  const { Arn: targetArn, RoleArn, Input = "{}" } = properties.Target;
  const role = host.roles.get(RoleArn);
  // As in AWS, where the group is the source. Source: EventBridge Scheduler User Guide, "Confused deputy prevention".
  host.roles.checkTrust(role, "scheduler.amazonaws.com", `${scheduler}:schedule-group/${group}`);
  let lastSecond = 0;
  host.schedules.add({
    logicalId,
    intervalMs: rateInMs(properties.ScheduleExpression),
    isEnabled: properties.State === "ENABLED",
    async fire(at) {
      host.access.check(host.roles.keyFor(role, "scheduler"), {
        action: "lambda:InvokeFunction",
        resource: targetArn,
        context: {},
      });
      const target = host.functions.get(targetArn);
      // No two ticks are due in the same second.
      lastSecond = Math.max(lastSecond + 1, Math.floor(at.getTime() / 1_000));
      const event = scheduledInput(Input, arn, new Date(lastSecond * 1_000));
      return host.asyncInvocations.send({ target, event, trigger: "schedule" });
    },
  });
  return { ref: name, attributes: { Arn: arn } };
});

const ruleTargetSchema = z.strictObject({
  Id: z.string(),
  Arn: z.string(),
  RoleArn: z.string().optional(),
  Input: z.string().optional(),
  InputPath: z.string().optional(),
  SqsParameters: z.object({ MessageGroupId: z.string() }).optional(),
  DeadLetterConfig: deadLetterSchema,
  RetryPolicy: retrySchema,
});

const ruleSchema = z.strictObject({
  Name: z.string().optional(),
  Description: z.unknown().optional(),
  State: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  EventBusName: z.string().default("default"),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  Targets: z.array(ruleTargetSchema).default([]),
  Tags: z.unknown().optional(),
});

function targetInput({ Input, InputPath }: z.output<typeof ruleTargetSchema>, event: unknown): unknown {
  if (Input !== undefined) return JSON.parse(Input) as unknown;
  if (InputPath === undefined || InputPath === "$") return event;
  const path = InputPath.replace(/^\$\.?/, "").split(".");
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], event);
}

/** Delivers to a queue or a function, if its own policy lets EventBridge do so, or to another bus by the target's role. */
async function deliver(
  target: z.output<typeof ruleTargetSchema>,
  event: BusEvent,
  ruleArn: string,
  host: HostServices,
): Promise<Invocation | undefined> {
  const input = targetInput(target, event);
  const [, , service, , , resource] = target.Arn.split(":");
  if (service === "events") {
    const role = host.roles.get(target.RoleArn ?? "");
    host.roles.checkTrust(role, "events.amazonaws.com", ruleArn);
    const principal = host.roles.keyFor(role, "events");
    host.access.check(principal, { action: "events:PutEvents", resource: target.Arn, context: {} });
    host.buses.get(target.Arn).put(event);
    return undefined;
  }
  if (service === "sqs") {
    host.access.checkService("events.amazonaws.com", "sqs:SendMessage", target.Arn, ruleArn);
    await host.messaging.sqs("SendMessage", {
      QueueUrl: `${host.endpoint}/${host.account}/${resource}`,
      MessageBody: JSON.stringify(input),
      ...(target.SqsParameters && { MessageGroupId: target.SqsParameters.MessageGroupId }),
    });
    return undefined;
  }
  host.access.checkService("events.amazonaws.com", "lambda:InvokeFunction", target.Arn, ruleArn);
  return host.asyncInvocations.send({ target: host.functions.get(target.Arn), event: input, trigger: "event" });
}

export const rule = resourceKind(ruleSchema, (properties, logicalId, host) => {
  const name = properties.Name ?? physicalName(logicalId, host, 64);
  const arn = `arn:aws:events:${host.region}:${host.account}:rule/${name}`;
  for (const { Arn } of properties.Targets) {
    if (!/^arn:aws:(sqs|lambda|events):/.test(Arn))
      throw new Error(`The local host's rules have no target such as ${Arn}`);
  }
  if (properties.ScheduleExpression !== undefined) {
    throw new Error("The local host knows AWS::Scheduler::Schedule, and no rules with a ScheduleExpression");
  }
  if (properties.EventPattern && properties.State === "ENABLED") {
    host.buses.get(host.buses.arnOf(host.region, properties.EventBusName)).addRule({
      name,
      pattern: properties.EventPattern,
      targets: properties.Targets.map((target) => async (event: BusEvent) => {
        await deliver(target, event, arn, host);
      }),
    });
  }
  return { ref: name, attributes: { Arn: arn } };
});

const eventBusSchema = z.strictObject({
  Name: z.string(),
  Description: z.unknown().optional(),
  Tags: z.unknown().optional(),
});

export const eventBus = resourceKind(eventBusSchema, ({ Name }, _logicalId, { buses, region }) => {
  const arn = buses.arnOf(region, Name);
  buses.add(arn);
  return { ref: Name, attributes: { Arn: arn, Name } };
});
