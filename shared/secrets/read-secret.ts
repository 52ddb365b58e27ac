import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  paginateListSecrets,
  type SecretListEntry,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { AutomationError } from "../primitives/errors.ts";
import { Redacted } from "../primitives/redacted.ts";
import { secretTags } from "./secret-tags.ts";

/** A secret as Secrets Manager describes it: labels and tags, never its value. */
export interface SecretDescription {
  arn: string;
  name: string;
  tags: Readonly<Record<string, string>>;
  /** `VersionId` that carries AWSCURRENT. */
  current: string | undefined;
  /** `VersionId` that carries AWSPREVIOUS. */
  previous: string | undefined;
  /** `VersionId` that carries AWSPENDING: a rotation in progress, or one that died. */
  pending: string | undefined;
  /** Whether Secrets Manager knows a rotation function for it. */
  hasRotation: boolean;
  /** Epoch milliseconds. */
  createdAt: number | undefined;
}

/**
 * Every secret that is tagged for RingCX. Its answer may be five minutes old.
 * Source: AWS Secrets Manager API Reference, "ListSecrets".
 */
export async function listSecrets(secrets: SecretsManagerClient): Promise<SecretDescription[]> {
  const found: SecretDescription[] = [];
  const pages = paginateListSecrets(
    { client: secrets, pageSize: 100 },
    { Filters: [{ Key: "tag-key", Values: [secretTags.connection] }] },
  );
  for await (const { SecretList = [] } of pages) {
    for (const entry of SecretList) {
      const secret = toDescription({ ...entry, stages: entry.SecretVersionsToStages });
      // The filter matches by prefix.
      if (secret && secretTags.connection in secret.tags) found.push(secret);
    }
  }
  return found;
}

/** One secret as it is now; fresher than the list. */
export async function describeSecret(
  secrets: SecretsManagerClient,
  arn: string,
): Promise<SecretDescription | undefined> {
  const { VersionIdsToStages, ...description } = await secrets.send(new DescribeSecretCommand({ SecretId: arn }));
  return toDescription({ ...description, stages: VersionIdsToStages });
}

type Description = Pick<SecretListEntry, "ARN" | "Name" | "Tags" | "RotationEnabled" | "RotationLambdaARN"> & {
  CreatedDate?: Date | undefined;
  DeletedDate?: Date | undefined;
  stages: Record<string, string[]> | undefined;
};

function toDescription({ ARN, Name, Tags = [], stages = {}, ...rest }: Description): SecretDescription | undefined {
  if (ARN === undefined || Name === undefined || rest.DeletedDate !== undefined) return undefined;
  const withStage = (stage: string) => Object.keys(stages).find((versionId) => stages[versionId]?.includes(stage));
  return {
    arn: ARN,
    name: Name,
    tags: Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value])),
    current: withStage("AWSCURRENT"),
    previous: withStage("AWSPREVIOUS"),
    pending: withStage("AWSPENDING"),
    hasRotation: rest.RotationEnabled === true && rest.RotationLambdaARN !== undefined,
    createdAt: rest.CreatedDate?.getTime(),
  };
}

/**
 * The text of one version of a secret.
 *
 * @param versionId @default the current one
 * @throws {AutomationError} `SECRET_NOT_TEXT`; the SDK's `ResourceNotFoundException` where there is none such
 */
export async function readSecret(
  secrets: SecretsManagerClient,
  secretId: string,
  versionId?: string,
): Promise<{ text: Redacted; versionId: string }> {
  const { SecretString, VersionId = "" } = await secrets.send(
    new GetSecretValueCommand({ SecretId: secretId, ...(versionId !== undefined && { VersionId: versionId }) }),
  );
  if (SecretString !== undefined) return { text: new Redacted(SecretString), versionId: VersionId };
  throw new AutomationError(`Version ${VersionId} of the secret is binary: store JSON text as its SecretString.`, {
    code: "SECRET_NOT_TEXT",
    details: { secretId, versionId: VersionId },
  });
}
