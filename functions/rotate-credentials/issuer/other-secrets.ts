import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../../../shared/primitives/clock.ts";
import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import {
  type CredentialHolder,
  hasEnded,
  type IssuedCredential,
  readSecretsWithCredentials,
  saveIssuedCredential,
} from "../../../shared/records/credential/issued-credential.ts";
import { describeSecret, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { type Home, lookAtSecret } from "../../../shared/secrets/secret-now.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { BoundSecret } from "../read/bound-secrets.ts";
import { readSecretRecords } from "../read/secret-records.ts";
import { readBoundRecords } from "../record/credential-record.ts";
import { decideRevocations, isOutOfUse } from "./credential-ends.ts";
import { findHolder, versionsInUse } from "./credential-holder.ts";
import { findMisnamed } from "./unnamed-credential.ts";
import { findUnproven } from "./unproven-holder.ts";

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
  const tagged = listed.filter(({ secret: { tags } }) => isNamedByTag(tags, due)).map(({ secret }) => secret.arn);
  const arns = new Set([...tagged, ...(await secretsThatHave(dependencies.table, due, listed)), due.heldBy?.secretArn]);
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
  const bound = await readBoundRecords(table, authConfigs);
  const records = bound.map(({ record }) => record);
  const twin = twinState(secret, bindings);
  const byTag = isNamedByTag(secret.tags, due) ? firstVersion(secret, credentials, records) : undefined;
  // A tag that names none of those that are known names the one that has no name, though no run has noted that.
  const tag = secret.tags[secretTags.credentialId];
  const mustBeNamed = tag === undefined || credentials.some(({ credentialId }) => credentialId === tag);
  for (const one of same) {
    if (hasEnded(one)) continue;
    const { versionId } = one;
    if (decideRevocations(secret, [one], records, clock.now()).length === 0) {
      const isOver = twin !== "DELETED" && twin !== "UNTAGGED" && isOutOfUse(secret, records, one);
      return { versionId, isKnown: one.isNamedByTag !== true, twin: isOver ? "OVERLAP" : twin };
    }
    // What holds it back there holds it back here: one revocation takes it from both.
    const holder =
      (await findHolder(secrets, secret, one, { credentials, records, mustBeNamed })) ??
      findMisnamed(secret, one, { credentials, inUse: versionsInUse(secret, records) }, clock.now()) ??
      findUnproven(arn, bound) ??
      notedHolder(one);
    // That its tag says the very id, says more than that a version has none.
    if (holder && !(holder.why === "UNNAMED" && byTag !== undefined)) return { ...holder, twin };
  }
  return byTag === undefined ? undefined : { versionId: byTag, isKnown: false, twin };
}

/** What only its own run can see: RingCX and the endpoints are asked there. */
function notedHolder({ heldBy }: IssuedCredential): CredentialHolder | undefined {
  const isOwn = heldBy?.secretArn === undefined;
  return isOwn && (heldBy?.why === "CHANGED" || heldBy?.why === "SILENT") ? heldBy : undefined;
}

/**
 * Writes down with every secret that has a credential what becomes of it at its issuer: none of them may use it again. Also with those
 * that are not listed, as one that is deleted with a window may come back.
 */
export async function noteForTwins(
  table: StateTable,
  secretArn: string,
  due: IssuedCredential,
  listed: readonly OtherSecret[],
  note: Pick<IssuedCredential, "revokingAt"> | Pick<IssuedCredential, "revokedAt" | "failure">,
): Promise<void> {
  for (const arn of await secretsThatHave(table, due, listed)) {
    if (arn === secretArn) continue;
    const { credentials } = await readSecretRecords(table, arn);
    for (const one of credentials) {
      if (isSame(one, due) && !hasEnded(one)) await saveIssuedCredential(table, arn, { ...one, ...note });
    }
  }
}

/** ARNs of the secrets whose records name the credential: those that are listed, and those that are not, as they may come back. */
async function secretsThatHave(
  table: StateTable,
  due: IssuedCredential,
  listed: readonly OtherSecret[],
): Promise<ReadonlySet<string>> {
  if (due.credentialId === undefined) return new Set();
  const hasIt = ({ credentials }: OtherSecret["secretRecords"]) => credentials.some((one) => isSame(one, due));
  const arns = new Set(listed.filter(({ secretRecords }) => hasIt(secretRecords)).map(({ secret }) => secret.arn));
  const known = new Set(listed.map(({ secret }) => secret.arn));
  for (const arn of await readSecretsWithCredentials(table)) {
    if (!known.has(arn) && hasIt(await readSecretRecords(table, arn))) arns.add(arn);
  }
  return arns;
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
