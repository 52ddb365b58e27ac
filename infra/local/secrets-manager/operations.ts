import * as z from "zod";
import { description, seconds } from "./described-secret.ts";
import { listSecrets } from "./list-secrets.ts";
import { type Operation, secretId, secretValue, tagList, valueInput } from "./operation-inputs.ts";
import { putVersion, versionWith } from "./secret.ts";
import { versionOperations } from "./version-operations.ts";

const texts = { Description: z.string().optional(), KmsKeyId: z.string().optional() };

/** What each operation takes that takes more than a secret's name. */
const inputs = {
  create: valueInput.extend({ Name: z.string().min(1), ...texts, Tags: tagList.default([]) }),
  update: valueInput.extend({ ...secretId.shape, ...texts }),
  tag: secretId.extend({ Tags: tagList }),
  untag: secretId.extend({ TagKeys: z.array(z.string()) }),
  rotate: secretId.extend({
    ClientRequestToken: z.string().min(32).max(64).optional(),
    RotationLambdaARN: z.string().optional(),
    RotationRules: z.unknown().optional(),
    RotateImmediately: z.boolean().default(true),
  }),
  delete: secretId.extend({
    RecoveryWindowInDays: z.number().int().min(7).max(30).default(30),
    ForceDeleteWithoutRecovery: z.boolean().default(false),
  }),
};

/** Secrets Manager's operations by name. Source: Secrets Manager API Reference. */
export const operations: Readonly<Record<string, Operation>> = {
  ...versionOperations,

  CreateSecret(input, { store }) {
    const parsed = inputs.create.parse(input);
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

  DescribeSecret(input, { store }) {
    return description(store.get(secretId.parse(input).SecretId, { evenDeleted: true }), "VersionIdsToStages");
  },

  ListSecrets(input, { store }) {
    const { page, nextToken } = listSecrets(store.all(), input);
    return { SecretList: page.map((secret) => description(secret, "SecretVersionsToStages")), NextToken: nextToken };
  },

  UpdateSecret(input, { store }) {
    const parsed = inputs.update.parse(input);
    const secret = store.get(parsed.SecretId);
    if (parsed.Description !== undefined) secret.description = parsed.Description;
    if (parsed.KmsKeyId !== undefined) secret.kmsKeyId = parsed.KmsKeyId;
    const value = secretValue(parsed);
    const token = parsed.ClientRequestToken;
    const version = value && putVersion(secret, value, token === undefined ? {} : { token });
    return { ARN: secret.arn, Name: secret.name, VersionId: version?.versionId };
  },

  TagResource(input, { store }) {
    const { SecretId, Tags } = inputs.tag.parse(input);
    const secret = store.get(SecretId);
    for (const { Key, Value } of Tags) secret.tags.set(Key, Value);
  },

  UntagResource(input, { store }) {
    const { SecretId, TagKeys } = inputs.untag.parse(input);
    const secret = store.get(SecretId);
    for (const key of TagKeys) secret.tags.delete(key);
  },

  RotateSecret(input, { store, rotation }) {
    const parsed = inputs.rotate.parse(input);
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
    const { SecretId, RecoveryWindowInDays, ForceDeleteWithoutRecovery } = inputs.delete.parse(input);
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
