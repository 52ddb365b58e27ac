import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-secrets-manager";
import { Redacted } from "../../../shared/primitives/redacted.ts";
import { type IssuedCredential, saveIssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { parseCredential } from "../../../shared/secrets/credential.ts";
import { readSecret } from "../../../shared/secrets/read-secret.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import { rotating, rotationError } from "../record/rotation-progress.ts";
import { askForRoom } from "../write/write-context.ts";
import type { NativeParts, RotationContext } from "./rotation-context.ts";

/**
 * Step 1: the auth configs become part of the rotation, and the pending version gets a value.
 *
 * @throws {AutomationError} when the rotation must not begin: an outage is open, RingCX does not have the current
 *   version, no issuer is declared, the quota has no room
 */
export async function createSecret(parts: NativeParts, context: RotationContext): Promise<void> {
  const { secret, token, held, change, run } = context;
  const joining = held.filter((one) => !rotating(one, token));
  if (joining.length > 0) await permitStart(parts, context);
  await askForRoom(
    parts,
    run,
    held.map(({ binding }) => binding),
  ).catch((error: unknown) => {
    // Nothing has begun, so it can begin at another time; a rotation that waits would stand in everybody's way.
    if (error instanceof QuotaDeferredError) throw rotationError("ROTATION_NO_ROOM", error.message, true);
    throw error;
  });
  for (const one of joining) {
    const { state } = one.record;
    if (state.kind !== "APPLIED" || state.applied.versionId !== secret.current) {
      const { authConfigId } = one.binding;
      throw rotationError(
        "ROTATION_NOT_IN_STEP",
        `Auth config ${authConfigId} does not have the secret's current version (${state.kind}): the schedule puts it in, or cleans up, first.`,
        true,
      );
    }
    const since = new Date(change.now()).toISOString();
    const begun = { kind: "ROTATING", token, step: "CREATED", since, proof: "none", before: state.applied } as const;
    await one.save((record) => ({ ...record, state: begun }));
  }
  if (!(await hasValue(parts, secret.arn, token))) await makeCandidate(parts, context);
}

async function permitStart({ openOutage }: NativeParts, { held }: RotationContext): Promise<void> {
  for (const { binding } of held) {
    const service = await openOutage(binding);
    if (service === undefined) continue;
    throw rotationError(
      "ROTATION_DURING_OUTAGE",
      `Service ${service} has an outage: a new credential could not be proven. Rotate again when it is over.`,
      true,
    );
  }
}

async function hasValue({ secrets }: NativeParts, arn: string, token: string): Promise<boolean> {
  try {
    await secrets.send(new GetSecretValueCommand({ SecretId: arn, VersionId: token }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

/** What does not change (a token URL, a user name) is carried over from the current version. */
async function makeCandidate(parts: NativeParts, context: RotationContext): Promise<void> {
  const { secret, token, held } = context;
  const [authType, ...others] = new Set(held.map(({ binding }) => binding.authType));
  if (authType === undefined || others.length > 0 || secret.current === undefined) {
    throw rotationError("BINDING_WRONG", "A secret that rotates feeds auth configs of one type.");
  }
  const { text } = await readSecret(parts.secrets, secret.arn, secret.current);
  const changed = await newFields(parts, context, authType);
  const candidate = new Redacted(JSON.stringify({ ...fieldsOf(text), ...changed.reveal() }));
  parseCredential(candidate, authType, token); // before it is stored: a version is never overwritten
  await parts.secrets.send(
    new PutSecretValueCommand({
      SecretId: secret.arn,
      ClientRequestToken: token,
      SecretString: candidate.reveal(),
      VersionStages: ["AWSPENDING"],
    }),
  );
}

async function newFields(
  parts: NativeParts,
  { secret, token, items }: RotationContext,
  authType: AuthType,
): Promise<Redacted<Record<string, unknown>>> {
  const issuer = secret.tags[secretTags.issuer];
  if (issuer === "random") {
    const field = randomField[authType];
    if (field) return new Redacted({ [field]: parts.randomSecret() });
    throw rotationError("ISSUER_MISSING", `A credential of type ${authType} cannot be made at random.`);
  }
  if (issuer === undefined || !issuer.startsWith("arn:")) {
    throw rotationError(
      "ISSUER_MISSING",
      `The secret's tag ${secretTags.issuer} must be the ARN of an issuer function, or "random" where the endpoint itself reads the pending version.`,
    );
  }
  // Kept before it is asked for: if the answer is lost, the issuer can still revoke what it made for this token.
  const kept = { versionId: token, issuer, authType };
  await saveIssuedCredential(parts.table, secret.arn, kept);
  const current = await currentCredentialId(parts, { secret, items }, { issuer, authType });
  const subject = { secretArn: secret.arn, authType, clientRequestToken: token };
  const { credentialId, fields } = await parts.issuerOf(issuer).create(subject, current);
  await saveIssuedCredential(parts.table, secret.arn, { ...kept, credentialId });
  return fields;
}

/** The issuer's name for the current credential. For the one that the secret was created with, a tag says it. */
async function currentCredentialId(
  { table }: NativeParts,
  { secret, items: { credentials } }: Pick<RotationContext, "secret" | "items">,
  made: Pick<IssuedCredential, "issuer" | "authType">,
): Promise<string | null> {
  const kept = credentials.find(({ versionId }) => versionId === secret.current)?.credentialId;
  const first = secret.tags[secretTags.credentialId];
  const isKnown = kept !== undefined || credentials.some(({ credentialId }) => credentialId === first);
  if (isKnown || first === undefined || secret.current === undefined) return kept ?? null;
  await saveIssuedCredential(table, secret.arn, { ...made, versionId: secret.current, credentialId: first });
  return first;
}

const randomField: Readonly<Partial<Record<AuthType, string>>> = {
  APIKEY: "apiKey",
  BASIC: "password",
  OAUTH: "secret",
  JWT: "secret",
};

function fieldsOf(text: Redacted): Record<string, unknown> {
  try {
    return JSON.parse(text.reveal()) as Record<string, unknown>;
  } catch {
    throw rotationError("SECRET_INVALID", "The current version of the secret is not a JSON object.");
  }
}
