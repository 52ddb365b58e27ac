import * as z from "zod";
import { policyDocumentSchema } from "../iam/statement.ts";
import { physicalName, resourceKind } from "./resource-kind.ts";

/** No effect here: every object in the template may carry tags, and nothing local reads those of queues. */
const tags = z.unknown().optional();

const queueSchema = z.strictObject({
  QueueName: z.string().optional(),
  FifoQueue: z.boolean().optional(),
  ContentBasedDeduplication: z.boolean().optional(),
  DeduplicationScope: z.string().optional(),
  FifoThroughputLimit: z.string().optional(),
  DelaySeconds: z.coerce.number().optional(),
  MaximumMessageSize: z.coerce.number().optional(),
  MessageRetentionPeriod: z.coerce.number().optional(),
  ReceiveMessageWaitTimeSeconds: z.coerce.number().optional(),
  VisibilityTimeout: z.coerce.number().optional(),
  RedrivePolicy: z.record(z.string(), z.unknown()).optional(),
  RedriveAllowPolicy: z.record(z.string(), z.unknown()).optional(),
  KmsMasterKeyId: z.string().optional(),
  KmsDataKeyReusePeriodSeconds: z.coerce.number().optional(),
  SqsManagedSseEnabled: z.boolean().optional(),
  Tags: tags,
});

export const queue = resourceKind(queueSchema, async ({ QueueName, Tags: _, ...properties }, logicalId, host) => {
  const suffix = properties.FifoQueue ? ".fifo" : "";
  const name = QueueName ?? `${physicalName(logicalId, host, 80 - suffix.length)}${suffix}`;
  const attributes = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => [attribute, typeof value === "object" ? JSON.stringify(value) : String(value)]);
  await host.messaging.sqs("CreateQueue", { QueueName: name, Attributes: Object.fromEntries(attributes) as unknown });
  const arn = `arn:aws:sqs:${host.region}:${host.account}:${name}`;
  const url = `${host.endpoint}/${host.account}/${name}`;
  if (properties.KmsMasterKeyId) host.access.encrypt(arn, properties.KmsMasterKeyId);
  return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
});

const queuePolicySchema = z.strictObject({ Queues: z.array(z.string()), PolicyDocument: policyDocumentSchema });

export const queuePolicy = resourceKind(queuePolicySchema, ({ Queues, PolicyDocument }, logicalId, host) => {
  for (const url of Queues) {
    const name = url.slice(url.lastIndexOf("/") + 1);
    host.access.attach(`arn:aws:sqs:${host.region}:${host.account}:${name}`, PolicyDocument.Statement);
  }
  return { ref: logicalId };
});

const topicSchema = z.strictObject({
  TopicName: z.string().optional(),
  DisplayName: z.string().optional(),
  FifoTopic: z.boolean().optional(),
  ContentBasedDeduplication: z.boolean().optional(),
  KmsMasterKeyId: z.string().optional(),
  TracingConfig: z.string().optional(),
  SignatureVersion: z.string().optional(),
  Tags: tags,
});

export const topic = resourceKind(topicSchema, async (properties, logicalId, host) => {
  const suffix = properties.FifoTopic ? ".fifo" : "";
  const name = properties.TopicName ?? `${physicalName(logicalId, host, 256 - suffix.length)}${suffix}`;
  const attributes = properties.FifoTopic ? { FifoTopic: "true" } : {};
  const entries = Object.entries(attributes).flatMap(([key, value], index) => [
    [`Attributes.entry.${index + 1}.key`, key],
    [`Attributes.entry.${index + 1}.value`, value],
  ]);
  await host.messaging.sns("CreateTopic", { Name: name, ...(Object.fromEntries(entries) as Record<string, string>) });
  const arn = `arn:aws:sns:${host.region}:${host.account}:${name}`;
  if (properties.KmsMasterKeyId) host.access.encrypt(arn, properties.KmsMasterKeyId);
  return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
});

const topicPolicySchema = z.strictObject({ Topics: z.array(z.string()), PolicyDocument: policyDocumentSchema });

export const topicPolicy = resourceKind(topicPolicySchema, ({ Topics, PolicyDocument }, logicalId, host) => {
  for (const arn of Topics) host.access.attach(arn, PolicyDocument.Statement);
  return { ref: logicalId };
});

const subscriptionSchema = z.strictObject({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string(),
  RawMessageDelivery: z.boolean().optional(),
  FilterPolicy: z.record(z.string(), z.unknown()).optional(),
  FilterPolicyScope: z.string().optional(),
  RedrivePolicy: z.record(z.string(), z.unknown()).optional(),
});

/** Subscriptions of queues are delivered to; those of people and their machines (email, https) stay silent here. */
export const subscription = resourceKind(subscriptionSchema, async (properties, logicalId, { messaging }) => {
  const { TopicArn, Protocol, Endpoint, RawMessageDelivery, FilterPolicy, FilterPolicyScope } = properties;
  if (Protocol !== "sqs") {
    if (["email", "email-json", "https", "sms"].includes(Protocol)) return { ref: `${TopicArn}:${logicalId}` };
    throw new Error(`The local host does not know SNS subscriptions with the protocol "${Protocol}"`);
  }
  const attributes = {
    ...(RawMessageDelivery && { RawMessageDelivery: "true" }),
    ...(FilterPolicy && { FilterPolicy: JSON.stringify(FilterPolicy) }),
    ...(FilterPolicyScope && { FilterPolicyScope }),
  };
  const entries = Object.entries(attributes).flatMap(([key, value], index) => [
    [`Attributes.entry.${index + 1}.key`, value === undefined ? "" : key],
    [`Attributes.entry.${index + 1}.value`, value],
  ]);
  await messaging.sns("Subscribe", {
    TopicArn,
    Protocol,
    Endpoint,
    ...(Object.fromEntries(entries) as Record<string, string>),
  });
  return { ref: `${TopicArn}:${logicalId}` };
});
