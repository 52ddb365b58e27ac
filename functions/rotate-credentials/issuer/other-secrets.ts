import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../../../shared/primitives/clock.ts";
import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import {
  type CredentialHolder,
  hasEnded,
  type IssuedCredential,
} from "../../../shared/records/credential/issued-credential.ts";
import { describeSecret, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { type Home, lookAtSecret } from "../../../shared/secrets/secret-now.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { BoundSecret } from "../read/bound-secrets.ts";
import { readSecretRecords } from "../read/secret-records.ts";
import { readCredentialRecord } from "../record/credential-record.ts";
import { decideRevocations, isOutOfUse } from "./credential-ends.ts";
import { findHolder, versionsInUse } from "./credential-holder.ts";

/** A secret that is listed, and what is known of it. */
export type OtherSecret = Pick<BoundSecret, "secret" | "secretRecords" | "bindings">;

/** What looking at other secrets stands on. */
export interface LookDependencies {
  table: StateTable;
  secrets: SecretsManagerClient;
  clock: Pick<Clock, "now">;
  home: Home | undefined;
}

/**
 * The version of another secret that has the credential which is about to be revoked, and is in use or in its own overlap. It goes
 * by the issuer's name for the credential alone: only who read every secret could say whether values are alike. What may have it is
 * looked at anew, and what has held it back before, also where that is listed no more.
 *
 * @param listed every secret that is listed
 * @throws {SecretUnreadableError} where one that may have it cannot be looked at
 */
export async function findOtherHolder(
  dependencies: LookDependencies,
  secretArn: string,
  due: IssuedCredential,
  listed: readonly OtherSecret[],
): Promise<CredentialHolder | undefined> {
  const mayHaveIt = listed.filter(
    ({ secret: { tags }, secretRecords: { credentials } }) =>
      isNamedByTag(tags, due) || credentials.some((one) => isSame(one, due)),
  );
  const arns = new Set([...mayHaveIt.map(({ secret }) => secret.arn), due.heldBy?.secretArn]);
  for (const arn of arns) {
    if (arn === undefined || arn === secretArn) continue;
    const bindings = listed.find(({ secret }) => secret.arn === arn)?.bindings ?? [];
    const holder = await findTwin(dependencies, { arn, bindings }, due);
    if (holder) return { ...holder, secretArn: arn };
  }
  return undefined;
}

async function findTwin(
  dependencies: LookDependencies,
  { arn, bindings }: { arn: string; bindings: OtherSecret["bindings"] },
  due: IssuedCredential,
): Promise<Omit<CredentialHolder, "secretArn"> | undefined> {
  const { table, secrets, clock } = dependencies;
  const secret = await describeUnlessGone(dependencies, arn, clock.now());
  if (!secret) return undefined;
  const { credentials } = await readSecretRecords(table, arn);
  const same = credentials.filter((one) => isSame(one, due));
  // Also those that are bound no more.
  const authConfigs = [...bindings, ...same.flatMap((one) => one.authConfigs ?? [])];
  const records = await Promise.all(authConfigs.map(async (id) => (await readCredentialRecord(table, id)).record));
  const twin = twinState(secret, bindings);
  for (const one of same) {
    if (hasEnded(one)) continue;
    const { versionId } = one;
    if (decideRevocations(secret, [one], records, clock.now()).length === 0) {
      const isOver = twin !== "DELETED" && twin !== "UNTAGGED" && isOutOfUse(secret, records, one);
      return { versionId, isKnown: one.isNamedByTag !== true, twin: isOver ? "OVERLAP" : twin };
    }
    // Which of its own is to be named by its tag, its own revocation asks.
    const holder = await findHolder(secrets, secret, one, { credentials, records, mustBeNamed: false });
    if (holder) return { ...holder, twin };
  }
  if (!isNamedByTag(secret.tags, due)) return undefined;
  const versionId = firstVersion(secret, credentials, records);
  return versionId === undefined ? undefined : { versionId, isKnown: false, twin };
}

function twinState(
  { tags, isDeleted, hasRotation }: SecretDescription,
  bindings: OtherSecret["bindings"],
): NonNullable<CredentialHolder["twin"]> {
  if (isDeleted) return "DELETED";
  if (!(secretTags.connection in tags)) return "UNTAGGED";
  if (bindings.length === 0) return "FEEDS_NOTHING";
  return hasRotation ? "ROTATES" : "NO_ROTATION";
}

/** A version in use that has no name of its own: the tag may mean it. */
function firstVersion(
  secret: SecretDescription,
  credentials: readonly IssuedCredential[],
  records: readonly CredentialRecord[],
): string | undefined {
  const named = credentials.flatMap(({ versionId, credentialId }) => (credentialId === undefined ? [] : [versionId]));
  return versionsInUse(secret, records).find((versionId) => !named.includes(versionId));
}

type Named = Pick<IssuedCredential, "credentialId" | "issuer">;

/** Whether two records name one credential: an id is an issuer's own. */
function isSame(one: Named, other: Named): boolean {
  const isNamed = one.credentialId !== undefined && one.credentialId === other.credentialId;
  return isNamed && functionOf(one.issuer) === functionOf(other.issuer);
}

function isNamedByTag(tags: SecretDescription["tags"], due: Named): boolean {
  const { [secretTags.credentialId]: credentialId, [secretTags.issuer]: issuer } = tags;
  return isSame({ credentialId, issuer: issuer?.startsWith("arn:") ? issuer : due.issuer }, due);
}

/** A function's ARN without the version or alias that may be asked. */
function functionOf(arn: string): string {
  return arn.split(":").slice(0, 7).join(":");
}

async function describeUnlessGone(
  dependencies: LookDependencies,
  arn: string,
  now: number,
): Promise<SecretDescription | undefined> {
  try {
    return await describeSecret(dependencies.secrets, arn, now);
  } catch (error) {
    const looked = await lookAtSecret(dependencies, arn, now);
    const isGone = looked !== "unknown" && "lost" in looked && ["GONE", "REPLACED"].includes(looked.lost.kind);
    if (isGone) return undefined;
    throw error;
  }
}
