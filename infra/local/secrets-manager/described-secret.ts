import * as z from "zod";
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

/** The latest moment of the next rotation by the secret's rules, epoch milliseconds. Cron expressions are not worked out. */
function nextRotationAt({ rotation, createdAt }: Secret): number | undefined {
  const { success, data } = rulesSchema.safeParse(rotation.rules);
  if (!rotation.isEnabled || !success) return undefined;
  const { AutomaticallyAfterDays: days, ScheduleExpression: expression = "" } = data;
  const [, count, unit] = /^rate\((\d+) (hour|day)s?\)$/.exec(expression) ?? [];
  const hours = days === undefined ? Number(count) * (unit === "day" ? 24 : 1) : days * 24;
  return Number.isNaN(hours) ? undefined : (rotation.lastRotatedAt ?? createdAt) + hours * 3_600_000;
}

const rulesSchema = z.object({
  AutomaticallyAfterDays: z.number().optional(),
  ScheduleExpression: z.string().optional(),
});

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
    NextRotationDate: seconds(nextRotationAt(secret)),
    LastRotatedDate: seconds(rotation.lastRotatedAt),
    CreatedDate: seconds(secret.createdAt),
    LastChangedDate: seconds(secret.changedAt),
    DeletedDate: seconds(secret.deletedAt),
    Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })),
    [stagesField]: stagesOf(secret),
  };
}
