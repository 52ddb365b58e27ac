import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  paginateListSecrets,
  type SecretListEntry,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { Confined, type Limits } from "../primitives/confined.ts";
import { AutomationError } from "../primitives/errors.ts";
import { accountsOf, hostsOf, secretTags } from "./secret-tags.ts";
import { SecretUnreadableError } from "./unusable-secret.ts";

/** A secret as Secrets Manager describes it: labels and tags, never its value. Who may use it stands in the tags. */
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
  /** Every `VersionId` that carries a label. */
  versionIds: readonly string[];
  /** Whether somebody has deleted it; Secrets Manager still describes it until its recovery window ends. */
  isDeleted: boolean;
  /** Whether Secrets Manager knows a rotation function for it. */
  hasRotation: boolean;
  /** Whether it is a copy of a secret of another region: its versions come from there, and it cannot be rotated here. */
  isReplica?: boolean;
  /** The latest moment at which Secrets Manager's own schedule rotates it, epoch milliseconds. */
  nextRotationAt?: number | undefined;
  /** When anything of it was changed last, a label or a tag too, epoch milliseconds. */
  changedAt?: number | undefined;
  /** Epoch milliseconds. */
  createdAt: number | undefined;
  /** When its tags were read, epoch milliseconds. */
  readAt: number;
}

/**
 * Every secret that is tagged for RingCX and not deleted. Its answer may be five minutes old.
 *
 * @param now epoch milliseconds
 * Source: AWS Secrets Manager API Reference, "ListSecrets".
 */
export async function listSecrets(secrets: SecretsManagerClient, now: number): Promise<SecretDescription[]> {
  const found: SecretDescription[] = [];
  const pages = paginateListSecrets(
    { client: secrets, pageSize: 100 },
    { Filters: [{ Key: "tag-key", Values: [secretTags.connection] }] },
  );
  for await (const { SecretList = [] } of pages) {
    for (const entry of SecretList) {
      if (entry.ARN === undefined) continue;
      const secret = toDescription(entry.ARN, entry, { stages: entry.SecretVersionsToStages, readAt: now });
      // The filter matches by prefix.
      if (!secret.isDeleted && secretTags.connection in secret.tags) found.push(secret);
    }
  }
  return found;
}

/**
 * A secret by its name, as the list has it: deleted ones too, and whatever its tags are. Tells what it is about one that
 * cannot be described. Several may have had the name, one after the other.
 *
 * @param now epoch milliseconds
 */
export async function listSecretsByName(
  secrets: SecretsManagerClient,
  name: string,
  now: number,
): Promise<SecretDescription[]> {
  const found: SecretDescription[] = [];
  const pages = paginateListSecrets(
    { client: secrets, pageSize: 100 },
    { Filters: [{ Key: "name", Values: [name] }], IncludePlannedDeletion: true },
  );
  for await (const { SecretList = [] } of pages) {
    for (const entry of SecretList) {
      // The filter matches by prefix.
      if (entry.ARN === undefined || entry.Name !== name) continue;
      found.push(toDescription(entry.ARN, entry, { stages: entry.SecretVersionsToStages, readAt: now }));
    }
  }
  return found;
}

/**
 * One secret as it is now; fresher than the list.
 *
 * @param secretId its ARN or name
 * @param now epoch milliseconds
 * @throws {SecretUnreadableError}
 */
export async function describeSecret(
  secrets: SecretsManagerClient,
  secretId: string,
  now: number,
): Promise<SecretDescription> {
  const description = await secrets
    .send(new DescribeSecretCommand({ SecretId: secretId }))
    .catch((error: unknown) => Promise.reject(new SecretUnreadableError(secretId, "DescribeSecret", error)));
  return toDescription(secretId, description, { stages: description.VersionIdsToStages, readAt: now });
}

type Described = Pick<
  SecretListEntry,
  | "ARN"
  | "Name"
  | "Tags"
  | "RotationEnabled"
  | "RotationLambdaARN"
  | "NextRotationDate"
  | "LastChangedDate"
  | "PrimaryRegion"
  | "CreatedDate"
  | "DeletedDate"
>;

function toDescription(
  secretId: string,
  { ARN = secretId, Name = ARN, Tags = [], ...rest }: Described,
  { stages = {}, readAt }: { stages: Readonly<Record<string, readonly string[]>> | undefined; readAt: number },
): SecretDescription {
  const withStage = (stage: string) => Object.keys(stages).find((versionId) => stages[versionId]?.includes(stage));
  return {
    arn: ARN,
    name: Name,
    tags: Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value])),
    current: withStage("AWSCURRENT"),
    previous: withStage("AWSPREVIOUS"),
    pending: withStage("AWSPENDING"),
    versionIds: Object.keys(stages),
    isDeleted: rest.DeletedDate !== undefined,
    hasRotation: rest.RotationEnabled === true && rest.RotationLambdaARN !== undefined,
    isReplica: rest.PrimaryRegion !== undefined && rest.PrimaryRegion !== ARN.split(":")[3],
    nextRotationAt: rest.NextRotationDate?.getTime(),
    changedAt: rest.LastChangedDate?.getTime(),
    createdAt: rest.CreatedDate?.getTime(),
    readAt,
  };
}

/**
 * The text of one version of a secret, confined to what its tags allow.
 *
 * @param secret as it was described just now: its tags become the limits
 * @param versionId @default the current one
 * @throws {AutomationError} `SECRET_NOT_TEXT`; {@link SecretUnreadableError}
 */
export async function readSecret(
  secrets: SecretsManagerClient,
  secret: Pick<SecretDescription, "arn" | "tags" | "readAt">,
  versionId?: string,
): Promise<{ text: Confined<string>; versionId: string }> {
  const { SecretString, VersionId = "" } = await secrets
    .send(new GetSecretValueCommand({ SecretId: secret.arn, ...(versionId !== undefined && { VersionId: versionId }) }))
    .catch((error: unknown) => Promise.reject(new SecretUnreadableError(secret.arn, "GetSecretValue", error)));
  if (SecretString !== undefined) {
    return { text: confineTo(secret, SecretString), versionId: VersionId };
  }
  throw new AutomationError(`Version ${VersionId} of the secret is binary: store JSON text as its SecretString.`, {
    code: "SECRET_NOT_TEXT",
    details: { secretId: secret.arn, versionId: VersionId },
  });
}

/** A text that is, or is to become, a version of a secret, confined to what the secret's tags allow. */
export function confineTo(secret: Pick<SecretDescription, "arn" | "tags" | "readAt">, text: string): Confined<string> {
  return new Confined(text, limitsOf(secret));
}

function limitsOf(secret: Pick<SecretDescription, "arn" | "tags" | "readAt">): Limits {
  return {
    secretArn: secret.arn,
    connection: secret.tags[secretTags.connection],
    accounts: accountsOf(secret),
    hosts: hostsOf(secret),
    readAt: secret.readAt,
  };
}
