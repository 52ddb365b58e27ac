import * as z from "zod";
import { policyDocumentSchema } from "../iam/statement.ts";
import { randomPassword, randomPasswordSchema } from "../secrets-manager/random-password.ts";
import { physicalName, resourceKind } from "./resource-kind.ts";

const generateSchema = randomPasswordSchema.extend({
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
});

function generate(settings: z.output<typeof generateSchema>): string {
  const password = randomPassword(settings);
  if (settings.GenerateStringKey === undefined) return password;
  const template = JSON.parse(settings.SecretStringTemplate ?? "{}") as Record<string, unknown>;
  return JSON.stringify({ ...template, [settings.GenerateStringKey]: password });
}

const tagSchema = z.array(z.object({ Key: z.string(), Value: z.string() })).default([]);

const secretSchema = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  KmsKeyId: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: generateSchema.optional(),
  ReplicaRegions: z.unknown().optional(),
  Tags: tagSchema,
});

export const secret = resourceKind(secretSchema, (properties, logicalId, host) => {
  const { GenerateSecretString, SecretString } = properties;
  const text = SecretString ?? (GenerateSecretString && generate(GenerateSecretString));
  const { arn } = host.secrets.create({
    name: properties.Name ?? physicalName(logicalId, host, 512),
    description: properties.Description,
    kmsKeyId: properties.KmsKeyId,
    tags: properties.Tags.map(({ Key, Value }) => [Key, Value] as const),
    ...(text !== undefined && { value: { string: text } }),
  });
  return { ref: arn, attributes: { Id: arn } };
});

const secretPolicySchema = z.strictObject({
  SecretId: z.string(),
  ResourcePolicy: policyDocumentSchema,
  BlockPublicPolicy: z.unknown().optional(),
});

export const secretPolicy = resourceKind(secretPolicySchema, ({ SecretId, ResourcePolicy }, logicalId, host) => {
  host.access.attach(host.secrets.get(SecretId).arn, ResourcePolicy.Statement);
  return { ref: logicalId };
});

const rotationScheduleSchema = z.strictObject({
  SecretId: z.string(),
  RotationLambdaARN: z.string(),
  RotationRules: z.unknown().optional(),
  RotateImmediatelyOnUpdate: z.boolean().default(true),
});

export const rotationSchedule = resourceKind(rotationScheduleSchema, (properties, logicalId, host) => {
  const found = host.secrets.get(properties.SecretId);
  found.rotation = {
    ...found.rotation,
    functionArn: properties.RotationLambdaARN,
    rules: properties.RotationRules,
    isEnabled: true,
  };
  if (properties.RotateImmediatelyOnUpdate) host.rotation.start(found);
  return { ref: logicalId };
});
