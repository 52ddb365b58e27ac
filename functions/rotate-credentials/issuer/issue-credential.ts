import type { Logger } from "@aws-lambda-powertools/logger";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { Redacted } from "../../../shared/primitives/redacted.ts";
import {
  hasEnded,
  type IssuedCredential,
  isRevoked,
  saveIssuedCredential,
} from "../../../shared/records/credential/issued-credential.ts";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { rotationError } from "../record/rotation-progress.ts";
import { secretTexts } from "./credential-values.ts";
import type { Issuer } from "./issuer-contract.ts";
import { isPutByHand, nameByTag } from "./unnamed-credential.ts";

/** What making, checking and revoking a credential stands on. */
export interface IssuerDependencies {
  table: StateTable;
  clock: Clock;
  logger: Pick<Logger, "info" | "warn">;
  /**
   * The issuer function of an ARN.
   *
   * @param deadline of the invocation that asks it, epoch milliseconds
   * @throws {AutomationError} `ISSUER_UNKNOWN` where the environment does not name it
   */
  issuerOf(functionArn: string, deadline: number): Issuer;
  /** A new random credential, for endpoints that read the pending version themselves. */
  randomSecret(): string;
}

/** The version of a secret that a credential is made for. */
export interface CandidateVersion {
  secret: Pick<SecretDescription, "arn" | "tags" | "current">;
  /** The `VersionId` that the new credential has, or is to have. */
  versionId: string;
  authType: AuthType;
  /** Of the invocation that asks for it, epoch milliseconds. */
  deadline: number;
  /** Auth configs that are to get it. */
  authConfigs?: IssuedCredential["authConfigs"];
  /** Versions that are in use. */
  inUse?: readonly string[];
  /** What is kept of the secret's issued credentials, in any order. */
  credentials: readonly IssuedCredential[];
  /** The version, in use or not any more, whose credential the fields of an answer leave as it is, whatever they add. */
  sameAs?(fields: Redacted<Record<string, unknown>>): Promise<string | undefined>;
}

/**
 * A new credential for a version: the fields of the secret's JSON that change, in RingCX's names.
 *
 * @throws {AutomationError} `ISSUER_MISSING` where the secret's tag names none, `ISSUER_UNKNOWN`, `ISSUER_FAILED`,
 *   `CREDENTIAL_NOT_NEW` where the issuer names one that is not revoked, or answers the value of one that the secret has or had
 */
export async function issueCredential(
  dependencies: IssuerDependencies,
  candidate: CandidateVersion,
): Promise<Redacted<Record<string, unknown>>> {
  const { secret, versionId, authType } = candidate;
  const issuer = secret.tags[secretTags.issuer];
  if (issuer === "random") {
    const field = randomField[authType];
    if (field) return new Redacted({ [field]: dependencies.randomSecret() });
    throw rotationError("ISSUER_MISSING", `A credential of type ${authType} cannot be made at random.`);
  }
  if (issuer === undefined || !issuer.startsWith("arn:")) {
    throw rotationError(
      "ISSUER_MISSING",
      `The secret's tag ${secretTags.issuer} must be the ARN of an issuer function, or "random" where the endpoint itself reads the pending version.`,
    );
  }
  // Saved before it is asked for: if the answer is lost, the issuer can still revoke what it made for this version.
  const { authConfigs } = candidate;
  const issuedAt = new Date(dependencies.clock.now()).toISOString();
  const saved = { versionId, issuer, authType, authConfigs, issuedAt };
  await saveIssuedCredential(dependencies.table, secret.arn, saved);
  const current = await currentCredentialId(dependencies, candidate, issuer);
  const subject = { secretArn: secret.arn, authType, clientRequestToken: versionId };
  const { credentialId, fields } = await dependencies.issuerOf(issuer, candidate.deadline).create(subject, current);
  // An id is stored and logged. Without it, what was made is revoked by its token.
  if (secretTexts(fields.reveal()).includes(credentialId)) {
    throw rotationError(
      "ISSUER_FAILED",
      "The issuer answered create with a credentialId that is the value of one of its secret fields. Ids are stored and shown: answer another name of the credential.",
    );
  }
  const namesake = whoseCredential(candidate, { credentialId, current });
  const sameAs = namesake ?? (await candidate.sameAs?.(fields));
  if (sameAs !== undefined) {
    await saveIssuedCredential(dependencies.table, secret.arn, { ...saved, credentialId, sameAs });
    const words =
      namesake === undefined
        ? `the credential of version ${sameAs} under the new credentialId ${credentialId}: it leaves all that is secret in that version as it is. Answer the value of a second credential`
        : `the credentialId ${credentialId}, which is that of version ${sameAs}. Each credential needs an id of its own, also where several belong to one client: answer that of the new secret or key`;
    throw rotationError(
      "CREDENTIAL_NOT_NEW",
      `The issuer answered create with ${words}. Version ${sameAs} ${whyNotAgain(candidate, sameAs)}.`,
      false,
      { credentialId, versionId: sameAs },
    );
  }
  await saveIssuedCredential(dependencies.table, secret.arn, { ...saved, credentialId });
  return fields;
}

/** The version that has a credential's id; `undefined` where it is a new one, or one that was revoked: ids may be those of places. */
function whoseCredential(
  { secret, versionId, credentials }: CandidateVersion,
  { credentialId, current }: { credentialId: string; current: string | null },
): string | undefined {
  if (credentialId === current) return secret.current;
  const others = credentials.filter((one) => one.versionId !== versionId && !hasEnded(one));
  return others.find((one) => one.credentialId === credentialId)?.versionId;
}

function whyNotAgain({ secret, credentials, inUse = [] }: CandidateVersion, versionId: string): string {
  const isUsed = versionId === secret.current || inUse.includes(versionId);
  if (isUsed) return "is in use, and revoking the one would revoke the other";
  const own = credentials.find((one) => one.versionId === versionId);
  if (own?.revokedAt !== undefined) return "was revoked: what has its credential works for nobody";
  if (isRevoked(credentials, versionId))
    return "is to be revoked: its issuer was asked for it, and what has its credential goes with it";
  return "is out of use: when its credential is revoked, this one would be";
}

/**
 * The issuer's name for the current credential. For the one that a person put, a tag says it; where no run has written that down
 * yet, or the tag was corrected since, it is.
 */
async function currentCredentialId(
  { table }: Pick<IssuerDependencies, "table">,
  { secret, authType, authConfigs, credentials }: CandidateVersion,
  issuer: string,
): Promise<string | null> {
  const { current: versionId } = secret;
  const saved = credentials.find((one) => one.versionId === versionId);
  if (versionId === undefined || (saved && !isPutByHand(saved))) return saved?.credentialId ?? null;
  const name = nameByTag(secret, credentials);
  if (name.isUnnamed && saved) return saved.credentialId ?? null;
  const { isUnnamed: _unnamed, ...known } = saved ?? { issuer, authType, authConfigs, versionId };
  await saveIssuedCredential(table, secret.arn, { ...known, ...name });
  return name.credentialId ?? null;
}

const randomField: Readonly<Partial<Record<AuthType, string>>> = {
  APIKEY: "apiKey",
  BASIC: "password",
  OAUTH: "secret",
  JWT: "secret",
};

/**
 * Asks the issuer whether the credential of a version is valid; a version that no issuer made is not asked about.
 *
 * @throws {AutomationError} `CREDENTIAL_REFUSED` when it is not, `ISSUER_FAILED`
 */
export async function verifyAtIssuer(
  { issuerOf }: Pick<IssuerDependencies, "issuerOf">,
  { secret, versionId, authType, credentials, deadline }: CandidateVersion,
): Promise<void> {
  const functionArn = secret.tags[secretTags.issuer];
  const saved = credentials.find((credential) => credential.versionId === versionId);
  if (!functionArn?.startsWith("arn:") || !saved) return;
  const subject = { secretArn: secret.arn, authType, clientRequestToken: versionId };
  const { isValid, reason } = await issuerOf(functionArn, deadline).verify(subject, saved.credentialId ?? null);
  if (isValid) return;
  throw rotationError(
    "CREDENTIAL_REFUSED",
    `The issuer says that the new credential is not valid${reason ? `: ${reason}` : ""}.`,
  );
}
