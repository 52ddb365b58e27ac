import * as z from "zod";
import { AwsServiceError } from "../gateway/aws-request.ts";
import { labelled, seconds } from "./described-secret.ts";
import { type Operation, requiredValue, secretId, valueInput } from "./operation-inputs.ts";
import { randomPassword, randomPasswordSchema } from "./random-password.ts";
import { moveStage, putVersion, type Secret, type SecretVersion, versionWith } from "./secret.ts";

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

/** What each operation takes. */
const inputs = {
  get: secretId.extend({ VersionId: z.string().optional(), VersionStage: z.string().optional() }),
  put: valueInput.extend(secretId.shape).extend({ VersionStages: z.array(z.string()).min(1).optional() }),
  list: secretId.extend({ IncludeDeprecated: z.boolean().default(false) }),
  move: secretId.extend({
    VersionStage: z.string().min(1),
    MoveToVersionId: z.string().optional(),
    RemoveFromVersionId: z.string().optional(),
  }),
};

/** Operations on the versions of a secret. */
export const versionOperations: Readonly<Record<string, Operation>> = {
  GetSecretValue(input, { store }) {
    const { SecretId, VersionId, VersionStage } = inputs.get.parse(input);
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

  PutSecretValue(input, { store }) {
    const parsed = inputs.put.parse(input);
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

  ListSecretVersionIds(input, { store }) {
    const { SecretId, IncludeDeprecated } = inputs.list.parse(input);
    const secret = store.get(SecretId, { evenDeleted: true });
    const listed = IncludeDeprecated ? [...secret.versions.values()] : labelled(secret);
    const Versions = listed.map(({ versionId, stages, createdAt }) => ({
      VersionId: versionId,
      VersionStages: [...stages],
      CreatedDate: seconds(createdAt),
    }));
    return { ARN: secret.arn, Name: secret.name, Versions };
  },

  UpdateSecretVersionStage(input, { store }) {
    const { SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId } = inputs.move.parse(input);
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

  GetRandomPassword(input) {
    return { RandomPassword: randomPassword(randomPasswordSchema.parse(input)) };
  },
};
