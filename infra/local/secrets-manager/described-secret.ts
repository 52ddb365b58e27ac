import type { Secret, SecretVersion } from "./secret.ts";

/** Secrets Manager's times are epoch seconds with a fraction. */
export const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? undefined : milliseconds / 1000;

/** Versions that carry a label; the others are deprecated. */
export function labelled({ versions }: Secret): SecretVersion[] {
  return [...versions.values()].filter(({ stages }) => stages.size > 0);
}

/** The labelled versions of a secret, each with its labels, as the API answers them. */
export function stagesOf(secret: Secret): Record<string, string[]> {
  return Object.fromEntries(labelled(secret).map(({ versionId, stages }) => [versionId, [...stages]]));
}

/** A secret as DescribeSecret answers it, and ListSecrets under another name for the labels. */
export function description(secret: Secret, stagesField: "VersionIdsToStages" | "SecretVersionsToStages") {
  const { rotation } = secret;
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    PrimaryRegion: secret.primaryRegion,
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
