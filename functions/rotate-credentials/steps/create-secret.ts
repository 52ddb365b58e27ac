import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-secrets-manager";
import { Redacted } from "../../../shared/primitives/redacted.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { parseCredential } from "../../../shared/secrets/credential.ts";
import { readSecret } from "../../../shared/secrets/read-secret.ts";
import { issueCredential } from "../issuer/issue-credential.ts";
import { rotating, rotationError } from "../record/rotation-progress.ts";
import { askForRoom } from "../write/write-context.ts";
import type { RotationContext, StepDependencies } from "./rotation-context.ts";

/**
 * Step 1: the auth configs become part of the rotation, and the pending version gets a value.
 *
 * @throws {AutomationError} when the rotation must not begin: an outage is open, RingCX does not have the current
 *   version, no issuer is declared, the quota has no room
 */
export async function createSecret(parts: StepDependencies, context: RotationContext): Promise<void> {
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

async function permitStart({ openOutage }: StepDependencies, { held }: RotationContext): Promise<void> {
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

async function hasValue({ secrets }: StepDependencies, arn: string, token: string): Promise<boolean> {
  try {
    await secrets.send(new GetSecretValueCommand({ SecretId: arn, VersionId: token }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

/** What does not change (a token URL, a user name) is carried over from the current version. */
async function makeCandidate(parts: StepDependencies, context: RotationContext): Promise<void> {
  const { secret, token, held } = context;
  const [authType, ...others] = new Set(held.map(({ binding }) => binding.authType));
  if (authType === undefined || others.length > 0 || secret.current === undefined) {
    throw rotationError("BINDING_WRONG", "A secret that rotates feeds auth configs of one type.");
  }
  const { text } = await readSecret(parts.secrets, secret.arn, secret.current);
  const changed = await issueCredential(parts, {
    secret,
    versionId: token,
    authType,
    credentials: context.items.credentials,
  });
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

function fieldsOf(text: Redacted): Record<string, unknown> {
  try {
    return JSON.parse(text.reveal()) as Record<string, unknown>;
  } catch {
    throw rotationError("SECRET_INVALID", "The current version of the secret is not a JSON object.");
  }
}
