import { compositeAlarm, metricAlarm } from "./alarms.ts";
import { eventInvokeConfig, eventSourceMapping } from "./event-sources.ts";
import { lambdaFunction, permission } from "./functions.ts";
import { key } from "./keys.ts";
import { parameter } from "./parameters.ts";
import { queue, queuePolicy, subscription, topic, topicPolicy } from "./queues-and-topics.ts";
import type { HostServices, ResourceKind } from "./resource-kind.ts";
import { managedPolicy, policy, role } from "./roles-and-policies.ts";
import { eventBus, rule, schedule } from "./schedules-and-rules.ts";
import { rotationSchedule, secret, secretPolicy } from "./secrets.ts";
import { globalTable, table } from "./tables.ts";

/** A resource that has a name and an ARN and does nothing on this machine. */
function withoutEffect(arn: (name: string, host: HostServices) => string): ResourceKind {
  return {
    create(properties, logicalId, host) {
      const named = properties as Readonly<Record<string, unknown>>;
      const given = named.LogGroupName ?? named.DashboardName ?? named.AliasName ?? named.Name;
      const name = typeof given === "string" ? given : `${host.stackName}-${logicalId}`;
      return { ref: name, attributes: { Arn: arn(name, host) } };
    },
  };
}

const arnIn =
  (service: string, prefix: string, suffix = "") =>
  (name: string, { region, account }: HostServices) =>
    `arn:aws:${service}:${region}:${account}:${prefix}${name}${suffix}`;

/** Every resource type that the local host knows. Another one stops it, by name. */
export const resourceKinds: Readonly<Record<string, ResourceKind>> = {
  "AWS::SQS::Queue": queue,
  "AWS::SQS::QueuePolicy": queuePolicy,
  "AWS::SNS::Topic": topic,
  "AWS::SNS::TopicPolicy": topicPolicy,
  "AWS::SNS::Subscription": subscription,
  "AWS::DynamoDB::Table": table,
  "AWS::DynamoDB::GlobalTable": globalTable,
  "AWS::IAM::Role": role,
  "AWS::IAM::Policy": policy,
  "AWS::IAM::ManagedPolicy": managedPolicy,
  "AWS::Lambda::Function": lambdaFunction,
  "AWS::Lambda::EventInvokeConfig": eventInvokeConfig,
  "AWS::Lambda::EventSourceMapping": eventSourceMapping,
  "AWS::Lambda::Permission": permission,
  "AWS::Scheduler::Schedule": schedule,
  "AWS::Events::Rule": rule,
  "AWS::Events::EventBus": eventBus,
  // Lets other AWS accounts in, of which there are none here.
  "AWS::Events::EventBusPolicy": withoutEffect(arnIn("events", "event-bus-policy/")),
  "AWS::SecretsManager::Secret": secret,
  "AWS::SecretsManager::ResourcePolicy": secretPolicy,
  "AWS::SecretsManager::RotationSchedule": rotationSchedule,
  "AWS::CloudWatch::Alarm": metricAlarm,
  "AWS::CloudWatch::CompositeAlarm": compositeAlarm,
  "AWS::KMS::Key": key,
  // Everything is addressed by the key itself.
  "AWS::KMS::Alias": withoutEffect(arnIn("kms", "")),
  "AWS::SSM::Parameter": parameter,
  // Lines of the functions' logs go to whoever started the host, and no group keeps them.
  "AWS::Logs::LogGroup": withoutEffect(arnIn("logs", "log-group:", ":*")),
  // Metrics are in the log as embedded metric format; nothing here adds them up.
  "AWS::Logs::MetricFilter": withoutEffect(arnIn("logs", "metric-filter:")),
  "AWS::Logs::QueryDefinition": withoutEffect(arnIn("logs", "query-definition:")),
  // A page for people, drawn by CloudWatch from metrics.
  "AWS::CloudWatch::Dashboard": withoutEffect(arnIn("cloudwatch", "dashboard/")),
  // A name for schedules to belong to.
  "AWS::Scheduler::ScheduleGroup": withoutEffect(arnIn("scheduler", "schedule-group/")),
};
