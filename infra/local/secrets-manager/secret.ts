import { createHash, randomBytes, randomUUID } from "node:crypto";
import { AwsServiceError } from "../gateway/aws-request.ts";

/** One version of a secret. A version made by `RotateSecret` has no value until the rotation function puts one. */
export interface SecretVersion {
  versionId: string;
  stages: Set<string>;
  value?: { string?: string; binary?: string };
  /** Epoch milliseconds. */
  createdAt: number;
}

/** By which function and when a secret is rotated. */
export interface RotationSettings {
  functionArn?: string;
  rules?: unknown;
  isEnabled: boolean;
  lastRotatedAt?: number;
}

/** A secret with its versions and staging labels. */
export interface Secret {
  arn: string;
  name: string;
  description?: string;
  kmsKeyId?: string;
  tags: Map<string, string>;
  versions: Map<string, SecretVersion>;
  rotation: RotationSettings;
  /** The region of the secret that this is a copy of. */
  primaryRegion?: string;
  createdAt: number;
  changedAt: number;
  /** When `DeleteSecret` was called, until `RestoreSecret`. */
  deletedAt?: number;
  recoveryWindowDays?: number;
}

/** Characters that Secrets Manager adds to a secret's name in its ARN. */
export function arnSuffix(): string {
  return randomBytes(12).toString("base64url").replaceAll(/[-_]/g, "").slice(0, 6).padEnd(6, "x");
}

/** The same of a name in every run: a table that is kept names secrets by their ARN. */
export function suffixOfName(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 6);
}

/** The version that carries a label, such as AWSCURRENT. */
export function versionWith(secret: Secret, stage: string): SecretVersion | undefined {
  return [...secret.versions.values()].find(({ stages }) => stages.has(stage));
}

/**
 * Puts a label on a version and takes it off the one that had it. Moving AWSCURRENT leaves AWSPREVIOUS where it
 * came from. A version that loses its last label is deprecated, and still found by its id.
 */
export function moveStage(secret: Secret, stage: string, to: SecretVersion | undefined): void {
  const from = versionWith(secret, stage);
  if (from === to) return;
  from?.stages.delete(stage);
  to?.stages.add(stage);
  if (stage === "AWSCURRENT" && from) {
    versionWith(secret, "AWSPREVIOUS")?.stages.delete("AWSPREVIOUS");
    from.stages.add("AWSPREVIOUS");
  }
}

function isSameValue(version: SecretVersion, value: SecretVersion["value"]): boolean {
  return version.value?.string === value?.string && version.value?.binary === value?.binary;
}

/** Source: Secrets Manager User Guide, "AWS Secrets Manager quotas", Secret value size. */
const maxValueBytes = 65_536;

/** @throws {AwsServiceError} `ValidationException` where a value is larger than Secrets Manager takes */
function requireSize({ string, binary }: NonNullable<SecretVersion["value"]>): void {
  const [name, bytes] =
    string === undefined
      ? ["secretBinary", Buffer.from(binary ?? "", "base64")]
      : ["secretString", Buffer.from(string)];
  if (bytes.length <= maxValueBytes) return;
  throw new AwsServiceError(
    "ValidationException",
    `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must have length less than or equal to ${maxValueBytes}`,
  );
}

/**
 * Adds a version, or finds it again when the same token comes with the same content.
 *
 * @throws {AwsServiceError} `ResourceExistsException` when the token was used for other content, `ValidationException` when it is too large
 */
export function putVersion(
  secret: Secret,
  value: SecretVersion["value"],
  { token = randomUUID(), stages = ["AWSCURRENT"] }: { token?: string; stages?: readonly string[] } = {},
): SecretVersion {
  if (value) requireSize(value);
  const existing = secret.versions.get(token);
  if (existing?.value && !isSameValue(existing, value)) {
    throw new AwsServiceError(
      "ResourceExistsException",
      `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  }
  const version = existing ?? { versionId: token, stages: new Set<string>(), createdAt: Date.now() };
  if (value) version.value = value;
  secret.versions.set(token, version);
  // The very first value is always current, whatever the caller says.
  const isFirst = value !== undefined && !versionWith(secret, "AWSCURRENT");
  const wanted = isFirst ? [...new Set([...stages, "AWSCURRENT"])] : stages;
  for (const stage of wanted) moveStage(secret, stage, version);
  secret.changedAt = Date.now();
  removeDeprecated(secret, secret.changedAt);
  return version;
}

/** So many versions a secret may have; those that have no label are removed then, once they are a day old. */
const maxVersions = 100;
const keptMs = 86_400_000;

/** Source: Secrets Manager User Guide, "What's in a Secrets Manager secret?", Version. */
function removeDeprecated({ versions }: Secret, now: number): void {
  for (const { versionId, stages, createdAt } of versions.values()) {
    if (versions.size <= maxVersions) return;
    if (stages.size === 0 && now - createdAt > keptMs) versions.delete(versionId);
  }
}
