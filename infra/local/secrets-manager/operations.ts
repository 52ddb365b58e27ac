import * as z from "zod";
import { AwsServiceError } from "../gateway/aws-request.ts";
import { listSecrets } from "./list-secrets.ts";
import { randomPassword, randomPasswordSchema } from "./random-password.ts";
import type { Rotation } from "./rotation.ts";
import { moveStage, putVersion, type Secret, type SecretVersion, versionWith } from "./secret.ts";
import type { SecretStore } from "./secret-store.ts";

export interface SecretsManagerParts {
  store: SecretStore;
  rotation: Pick<Rotation, "start" | "test">;
}

type Operation = (input: unknown, parts: SecretsManagerParts) => unknown;

const secretId = z.object({ SecretId: z.string().min(1) });
const tagList = z.array(z.object({ Key: z.string(), Value: z.string().default("") }));
const valueInput = z.object({
  ClientRequestToken: z.string().min(32).max(64).optional(),
  SecretString: z.string().optional(),
  SecretBinary: z.string().optional(),
});

function secretValue({ SecretString, SecretBinary }: z.output<typeof valueInput>): SecretVersion["value"] {
  if (SecretString !== undefined) return { string: SecretString };
  return SecretBinary === undefined ? undefined : { binary: SecretBinary };
}

function requiredValue(input: z.output<typeof valueInput>): NonNullable<SecretVersion["value"]> {
  const value = secretValue(input);
  if (value) return value;
  throw new AwsServiceError("InvalidRequestException", "You must provide either SecretString or SecretBinary.");
}

/** Secrets Manager's times are epoch seconds with a fraction. */
const seconds = (milliseconds: number | undefined) => (milliseconds === undefined ? undefined : milliseconds / 1000);

/** Versions that carry a label; the others are deprecated. */
function labelled({ versions }: Secret): SecretVersion[] {
  return [...versions.values()].filter(({ stages }) => stages.size > 0);
}

function stagesOf(secret: Secret): Record<string, string[]> {
  return Object.fromEntries(labelled(secret).map(({ versionId, stages }) => [versionId, [...stages]]));
}

function description(secret: Secret, stagesField: "VersionIdsToStages" | "SecretVersionsToStages") {
  const { rotation } = secret;
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    RotationEnabled: rotation.isEnabled,
    RotationLambdaARN: rotation.functionArn,
    RotationRules: rotation.rules,
    LastRotatedDate: seconds(rotation.lastRotatedAt),
    CreatedDate: seconds(secret.createdAt),
    LastChangedDate: seconds(secret.changedAt),
    DeletedDate: seconds(secret.deletedAt),
    Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })),
    [stagesField]: stagesOf(secret),
  };
}

function versionForRead(secret: Secret, versionId: string | undefined, stage: string | undefined): SecretVersion {
  const version = versionId === undefined ? versionWith(secret, stage ?? "AWSCURRENT") : secret.versions.get(versionId);
  if (versionId !== undefined && stage !== undefined && version && !version.stages.has(stage)) {
    throw new AwsServiceError(
      "InvalidRequestException",
      "You provided a VersionStage that is not associated to the provided VersionId.",
    );
  }
  if (version?.value) return version;
  const what = versionId === undefined ? `staging label: ${stage ?? "AWSCURRENT"}` : `VersionId: ${versionId}`;
  throw new AwsServiceError(
    "ResourceNotFoundException",
    `Secrets Manager can't find the specified secret value for ${what}`,
  );
}

/** Secrets Manager's operations by name. Source: Secrets Manager API Reference. */
export const operations: Readonly<Record<string, Operation>> = {
  CreateSecret(input, { store }) {
    const schema = valueInput.extend({
      Name: z.string().min(1),
      Description: z.string().optional(),
      KmsKeyId: z.string().optional(),
      Tags: tagList.default([]),
    });
    const parsed = schema.parse(input);
    const secret = store.create({
      name: parsed.Name,
      description: parsed.Description,
      kmsKeyId: parsed.KmsKeyId,
      tags: parsed.Tags.map(({ Key, Value }) => [Key, Value] as const),
      value: secretValue(parsed),
      token: parsed.ClientRequestToken,
    });
    return { ARN: secret.arn, Name: secret.name, VersionId: versionWith(secret, "AWSCURRENT")?.versionId };
  },

  GetSecretValue(input, { store }) {
    const schema = secretId.extend({ VersionId: z.string().optional(), VersionStage: z.string().optional() });
    const { SecretId, VersionId, VersionStage } = schema.parse(input);
    const secret = store.get(SecretId);
    const version = versionForRead(secret, VersionId, VersionStage);
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.versionId,
      VersionStages: [...version.stages],
      SecretString: version.value?.string,
      SecretBinary: version.value?.binary,
      CreatedDate: seconds(version.createdAt),
    };
  },

  GetRandomPassword(input) {
    return { RandomPassword: randomPassword(randomPasswordSchema.parse(input)) };
  },

  PutSecretValue(input, { store }) {
    const schema = valueInput.extend(secretId.shape).extend({ VersionStages: z.array(z.string()).min(1).optional() });
    const parsed = schema.parse(input);
    const secret = store.get(parsed.SecretId);
    const version = putVersion(secret, requiredValue(parsed), {
      ...(parsed.ClientRequestToken !== undefined && { token: parsed.ClientRequestToken }),
      ...(parsed.VersionStages && { stages: parsed.VersionStages }),
    });
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.versionId,
      VersionStages: [...version.stages],
    };
  },

  DescribeSecret(input, { store }) {
    return description(store.get(secretId.parse(input).SecretId, { evenDeleted: true }), "VersionIdsToStages");
  },

  ListSecrets(input, { store }) {
    const { page, nextToken } = listSecrets(store.all(), input);
    return { SecretList: page.map((secret) => description(secret, "SecretVersionsToStages")), NextToken: nextToken };
  },

  ListSecretVersionIds(input, { store }) {
    const { SecretId, IncludeDeprecated } = secretId
      .extend({ IncludeDeprecated: z.boolean().default(false) })
      .parse(input);
    const secret = store.get(SecretId, { evenDeleted: true });
    const listed = IncludeDeprecated ? [...secret.versions.values()] : labelled(secret);
    const Versions = listed.map(({ versionId, stages, createdAt }) => ({
      VersionId: versionId,
      VersionStages: [...stages],
      CreatedDate: seconds(createdAt),
    }));
    return { ARN: secret.arn, Name: secret.name, Versions };
  },

  UpdateSecret(input, { store }) {
    const schema = valueInput
      .extend(secretId.shape)
      .extend({ Description: z.string().optional(), KmsKeyId: z.string().optional() });
    const parsed = schema.parse(input);
    const secret = store.get(parsed.SecretId);
    if (parsed.Description !== undefined) secret.description = parsed.Description;
    if (parsed.KmsKeyId !== undefined) secret.kmsKeyId = parsed.KmsKeyId;
    const value = secretValue(parsed);
    const token = parsed.ClientRequestToken;
    const version = value && putVersion(secret, value, token === undefined ? {} : { token });
    return { ARN: secret.arn, Name: secret.name, VersionId: version?.versionId };
  },

  UpdateSecretVersionStage(input, { store }) {
    const schema = secretId.extend({
      VersionStage: z.string().min(1),
      MoveToVersionId: z.string().optional(),
      RemoveFromVersionId: z.string().optional(),
    });
    const { SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId } = schema.parse(input);
    const secret = store.get(SecretId);
    const holder = versionWith(secret, VersionStage);
    const target = MoveToVersionId === undefined ? undefined : secret.versions.get(MoveToVersionId);
    if (MoveToVersionId !== undefined && !target) {
      throw new AwsServiceError(
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret version.",
      );
    }
    if (!target && VersionStage === "AWSCURRENT") {
      throw new AwsServiceError("InvalidParameterException", "You can't remove AWSCURRENT, you can only move it.");
    }
    if (holder && holder !== target && RemoveFromVersionId !== holder.versionId) {
      throw new AwsServiceError(
        "InvalidParameterException",
        `The parameter RemoveFromVersionId can't be empty. Staging label ${VersionStage} is currently attached to version ${holder.versionId}, so you must explicitly reference that version in RemoveFromVersionId.`,
      );
    }
    moveStage(secret, VersionStage, target);
    secret.changedAt = Date.now();
    return { ARN: secret.arn, Name: secret.name };
  },

  TagResource(input, { store }) {
    const { SecretId, Tags } = secretId.extend({ Tags: tagList }).parse(input);
    const secret = store.get(SecretId);
    for (const { Key, Value } of Tags) secret.tags.set(Key, Value);
  },

  UntagResource(input, { store }) {
    const { SecretId, TagKeys } = secretId.extend({ TagKeys: z.array(z.string()) }).parse(input);
    const secret = store.get(SecretId);
    for (const key of TagKeys) secret.tags.delete(key);
  },

  RotateSecret(input, { store, rotation }) {
    const schema = secretId.extend({
      ClientRequestToken: z.string().min(32).max(64).optional(),
      RotationLambdaARN: z.string().optional(),
      RotationRules: z.unknown().optional(),
      RotateImmediately: z.boolean().default(true),
    });
    const parsed = schema.parse(input);
    const secret = store.get(parsed.SecretId);
    if (parsed.RotationLambdaARN !== undefined) secret.rotation.functionArn = parsed.RotationLambdaARN;
    if (parsed.RotationRules !== undefined) secret.rotation.rules = parsed.RotationRules;
    secret.rotation.isEnabled = secret.rotation.functionArn !== undefined;
    if (parsed.RotateImmediately) {
      return { ARN: secret.arn, Name: secret.name, VersionId: rotation.start(secret, parsed.ClientRequestToken) };
    }
    rotation.test(secret);
    return { ARN: secret.arn, Name: secret.name };
  },

  CancelRotateSecret(input, { store }) {
    const secret = store.get(secretId.parse(input).SecretId);
    secret.rotation.isEnabled = false;
    return { ARN: secret.arn, Name: secret.name, VersionId: versionWith(secret, "AWSPENDING")?.versionId };
  },

  DeleteSecret(input, { store }) {
    const schema = secretId.extend({
      RecoveryWindowInDays: z.number().int().min(7).max(30).default(30),
      ForceDeleteWithoutRecovery: z.boolean().default(false),
    });
    const { SecretId, RecoveryWindowInDays, ForceDeleteWithoutRecovery } = schema.parse(input);
    const secret = store.get(SecretId);
    const deletedAt = Date.now();
    secret.deletedAt = deletedAt;
    if (ForceDeleteWithoutRecovery) store.remove(secret);
    const recovery = ForceDeleteWithoutRecovery ? 0 : RecoveryWindowInDays * 86_400_000;
    return { ARN: secret.arn, Name: secret.name, DeletionDate: seconds(deletedAt + recovery) };
  },

  RestoreSecret(input, { store }) {
    const secret = store.get(secretId.parse(input).SecretId, { evenDeleted: true });
    delete secret.deletedAt;
    return { ARN: secret.arn, Name: secret.name };
  },
};
