import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type CredentialRecord, lastAppliedVersion } from "../../../shared/records/credential/auth-config-state.ts";
import {
  type CredentialHolder,
  type IssuedCredential,
  isRevoked,
} from "../../../shared/records/credential/issued-credential.ts";
import { possibleVersions } from "../../../shared/records/credential/versions-in-ringcx.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { compareCredentials, compareIds, isEmpty } from "./compare-credentials.ts";
import { revokedTwin } from "./revoked-credential.ts";

/**
 * Every version of a secret that is in use, may be, or may be again: the current one, the pending one, and all that RingCX has,
 * may have or gets back.
 *
 * @param records of auth configs that have, or may have, a version of it
 */
export function versionsInUse(
  { arn, current, pending }: Pick<SecretDescription, "arn" | "current" | "pending">,
  records: readonly Pick<CredentialRecord, "state" | "secretArn">[],
): readonly string[] {
  // Of another secret's versions this one knows nothing.
  const ours = records.filter(({ secretArn }) => secretArn === undefined || secretArn === arn);
  const inRingCx = ours.flatMap(({ state }) => [...possibleVersions(state), ...rotatingVersions(state)]);
  return [...new Set([current, pending, ...inRingCx].flatMap((versionId) => versionId ?? []))];
}

function rotatingVersions(state: CredentialRecord["state"]): string[] {
  return state.kind === "ROTATING" ? [state.pendingVersionId, state.before?.versionId].flatMap((one) => one ?? []) : [];
}

/** What is in use of a secret, and what is known of it. */
interface InUse {
  credentials: readonly IssuedCredential[];
  records: readonly CredentialRecord[];
  /** Whether a version that has no id of its own holds, whatever its value. */
  mustBeNamed: boolean;
}

/**
 * The version in use that has the credential which is about to be revoked, or of which nobody can say that it has not; or one whose
 * own was revoked, so that this may be the last that works. A person can put an old value under a new version, in another
 * writing, or with another password for the same user: what is in use is a credential, not a version, and only one with an id of
 * its own is surely another. Values that are alike hold whatever their ids.
 *
 * @returns `undefined` where every version in use surely has another one
 */
export async function findHolder(
  secrets: SecretsManagerClient,
  secret: SecretDescription,
  due: IssuedCredential,
  { credentials, records, mustBeNamed }: InUse,
): Promise<CredentialHolder | undefined> {
  const begun = [secret.pending, ...records.flatMap(({ state }) => rotatingVersions(state).slice(0, 1))];
  // What RingCX had before the issuer was asked for the other one.
  const wasBefore = (version: string) =>
    records.some(({ state }) => {
      const applied = lastAppliedVersion(state);
      return applied?.versionId === version && due.issuedAt !== undefined && applied.at <= due.issuedAt;
    });
  // An issuer's answer may be awaited: then it has a record, and no value.
  const isNameless = (version: string) => {
    const own = credentials.find(({ versionId }) => versionId === version);
    return mustBeNamed && (own === undefined || own.isUnnamed === true) && !wasBefore(version);
  };
  const mayBeEmpty = isSurelyKept(due, secret.readAt);
  const isNowhere = mayBeEmpty && (await isEmpty(secrets, secret, due.versionId));
  const isUngiven = async (version: string) => begun.includes(version) && (await isEmpty(secrets, secret, version));
  const holders: CredentialHolder[] = [];
  for (const versionId of versionsInUse(secret, records)) {
    const byId = compareIds(credentials, versionId, due.versionId);
    const compare = () =>
      compareCredentials(
        secrets,
        secret,
        { versionId: due.versionId, mayBeEmpty },
        // A rotation's has no value until it was issued.
        { versionId, mayBeEmpty: begun.includes(versionId) },
      );
    const byValue = byId === "SAME" ? byId : await compare();
    // Two names of an issuer are two credentials, unless all that is secret is alike: what cannot be read now may be.
    const likeness = byId === "OTHER" && byValue === "UNKNOWN" ? byId : byValue;
    if (likeness === "SAME") holders.push({ versionId, isKnown: true });
    else if (likeness === "UNREADABLE") holders.push({ versionId, isKnown: false, why: likeness });
    else if (!isNowhere && isNameless(versionId) && !(await isUngiven(versionId))) {
      holders.push({ versionId, isKnown: false, why: "UNNAMED" });
    } else if (likeness === "UNKNOWN") holders.push({ versionId, isKnown: false });
    else if (await isDead(secrets, secret, credentials, versionId)) {
      holders.push({ versionId, isKnown: false, why: "REVOKED" });
    }
  }
  return holders.find(({ isKnown }) => isKnown) ?? holders[0];
}

/** Whether a version's credential was revoked: its own, or that of another version whose value it has. */
async function isDead(
  secrets: SecretsManagerClient,
  secret: SecretDescription,
  credentials: readonly IssuedCredential[],
  versionId: string,
): Promise<boolean> {
  return (
    isRevoked(credentials, versionId) || (await revokedTwin(secrets, secret, credentials, versionId)) !== undefined
  );
}

/**
 * How long Secrets Manager surely keeps a version, in milliseconds: it removes none that is younger than 24 hours (Secrets Manager
 * User Guide, "Secret versions"). An hour less, as clocks differ and a look takes time.
 */
const surelyKeptMs = 23 * 60 * 60_000;

/**
 * Whether Secrets Manager would still know a credential's version, had its value been stored: one that it does not know never
 * was, and nobody can have put its value elsewhere. One whose id never came was not stored, whenever that was.
 */
function isSurelyKept({ credentialId, issuedAt }: IssuedCredential, now: number): boolean {
  return credentialId === undefined || (issuedAt !== undefined && now - Date.parse(issuedAt) < surelyKeptMs);
}
