import type { Logger } from "@aws-lambda-powertools/logger";
import { RotateSecretCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { correlated } from "../../../shared/primitives/correlation.ts";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import { noteRotationRequest, saveRotationRequest } from "../../../shared/records/credential/rotation-schedule.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { durationMs, secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { FindOutage } from "../read/dependent-services.ts";
import { readSecretRecords } from "../read/secret-records.ts";
import { credentialAgeMs, hasVersion } from "../record/credential-state.ts";
import type { PublishDependencies } from "../report/publish-history.ts";
import { RotationVanishedError, recordRefusedRotation } from "./refused-rotation.ts";

/** What our own schedule of rotations stands on. */
export interface ScheduleDependencies extends PublishDependencies {
  table: StateTable;
  secrets: SecretsManagerClient;
  clock: Clock;
  logger: Pick<Logger, "info">;
  findOutage: FindOutage;
  /** A new version's id, a UUID. */
  newVersionId(): string;
}

/**
 * Is it time for our schedule to rotate this secret? Only from rest: every auth config has the current version,
 * nobody is at work, and an earlier failure is far enough behind. Whether an outage is open is asked separately.
 *
 * @param records of all auth configs that the secret is bound to
 * @param now epoch milliseconds
 */
export function isRotationDue(
  { tags, hasRotation, current }: Pick<SecretDescription, "tags" | "hasRotation" | "current">,
  records: readonly CredentialRecord[],
  now: number,
): boolean {
  if (current === undefined) return false;
  const isAtRest = records.every(
    ({ state, lease, failure }) =>
      hasVersion(state, current) &&
      (lease === undefined || lease.until <= now) &&
      (failure === undefined || failure.retryAt <= now),
  );
  return isAtRest && isRotationWanted({ tags, hasRotation }, records, now);
}

/**
 * Whether the secret's credential is as old as its tag `ringcx:rotate-every` lets it become, and can be rotated.
 *
 * @param now epoch milliseconds
 */
export function isRotationWanted(
  { tags, hasRotation }: Pick<SecretDescription, "tags" | "hasRotation">,
  records: readonly CredentialRecord[],
  now: number,
): boolean {
  const everyMs = durationMs(tags[secretTags.rotateEvery]);
  return everyMs !== undefined && hasRotation && (credentialAgeMs(records, now) ?? 0) >= everyMs;
}

/** Secrets Manager decides how, we decide when: not while a service that uses the credential has an outage. */
export async function startScheduledRotation(
  dependencies: ScheduleDependencies,
  invocation: Invocation,
  secret: SecretDescription,
  bindings: readonly SecretBinding[],
): Promise<void> {
  const { logger, findOutage, newVersionId } = dependencies;
  const { arn: secretArn } = secret;
  for (const binding of bindings) {
    const service = await findOutage(binding);
    if (service === undefined) continue;
    logger.info("rotation is due, but waits for the end of an outage", { secretArn, service });
    return;
  }
  const vanished = await vanishedRequest(dependencies, secret);
  if (vanished !== undefined) {
    const rotation = { secret, versionId: vanished, bindings };
    await recordRefusedRotation(dependencies, invocation, rotation, new RotationVanishedError());
    // Told once: the next try is another one.
    return noteRotationRequest(dependencies.table, secret.arn, { takenAt: undefined });
  }
  const versionId = newVersionId();
  await correlated(versionId, () => requestRotation(dependencies, invocation, { secret, versionId, bindings }));
}

/** The rotation that was asked for last, if Secrets Manager has taken it on, called no step of it, and nothing of it is left. */
async function vanishedRequest(
  { table }: ScheduleDependencies,
  { arn, pending, current }: SecretDescription,
): Promise<string | undefined> {
  const { request, failedStep } = await readSecretRecords(table, arn);
  const hasCome = request?.begunAt !== undefined || failedStep?.versionId === request?.versionId;
  if (!request?.takenAt || hasCome) return undefined;
  return [pending, current].includes(request.versionId) ? undefined : request.versionId;
}

async function requestRotation(
  dependencies: ScheduleDependencies,
  invocation: Invocation,
  { secret, versionId, bindings }: { secret: SecretDescription; versionId: string; bindings: readonly SecretBinding[] },
): Promise<void> {
  const { table, secrets, clock, logger } = dependencies;
  const { arn: secretArn } = secret;
  await saveRotationRequest(table, secretArn, { versionId, at: new Date(clock.now()).toISOString() });
  let taken: string | undefined;
  try {
    ({ VersionId: taken } = await secrets.send(
      new RotateSecretCommand({ SecretId: secretArn, ClientRequestToken: versionId }),
    ));
  } catch (error) {
    await recordRefusedRotation(dependencies, invocation, { secret, versionId, bindings }, error);
    return;
  }
  if (taken === versionId) {
    await noteRotationRequest(table, secretArn, { takenAt: new Date(clock.now()).toISOString() });
  }
  logger.info("rotation started", { secretArn, versionId });
}
