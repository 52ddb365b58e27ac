import type { Logger } from "@aws-lambda-powertools/logger";
import { RotateSecretCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../../../shared/primitives/clock.ts";
import type { AuthRecord } from "../../../shared/records/credential/auth-config-state.ts";
import { rotationRequestKey } from "../../../shared/records/credential/rotation-schedule.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { durationMs, secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { ageMs } from "../record/credential-state.ts";
import type { Held } from "../record/leased-record.ts";

/** What our own schedule of rotations stands on. */
export interface ScheduleDependencies {
  table: StateTable;
  secrets: SecretsManagerClient;
  clock: Clock;
  logger: Pick<Logger, "info">;
  /** A service that uses the auth config and has an outage now, by name. */
  openOutage(binding: SecretBinding): Promise<string | undefined>;
  /** A new version's id, a UUID. */
  newToken(): string;
}

/**
 * Is it time for our schedule to rotate this secret? Only from rest: every auth config has the current version,
 * nobody is at work, and an earlier failure is far enough behind. Whether an outage is open is asked separately.
 *
 * @param now epoch milliseconds
 */
export function isRotationDue(
  { tags, hasRotation, current }: Pick<SecretDescription, "tags" | "hasRotation" | "current">,
  records: readonly AuthRecord[],
  now: number,
): boolean {
  const everyMs = durationMs(tags[secretTags.rotateEvery]);
  if (everyMs === undefined || !hasRotation || current === undefined) return false;
  const isAtRest = records.every(
    ({ state, lease, failure }) =>
      state.kind === "APPLIED" &&
      state.applied.versionId === current &&
      (lease === undefined || lease.until <= now) &&
      (failure === undefined || failure.retryAt <= now),
  );
  return isAtRest && (ageMs(records, now) ?? 0) >= everyMs;
}

/** Secrets Manager decides how, we decide when: not while a service that uses the credential has an outage. */
export async function beginRotation(parts: ScheduleDependencies, arn: string, held: readonly Held[]): Promise<void> {
  const { table, secrets, clock, logger, openOutage } = parts;
  for (const { binding } of held) {
    const service = await openOutage(binding);
    if (service === undefined) continue;
    logger.info("rotation is due, but waits for the end of an outage", { secretArn: arn, service });
    return;
  }
  const ClientRequestToken = parts.newToken();
  await table.put({ ...rotationRequestKey(arn), token: ClientRequestToken, at: new Date(clock.now()).toISOString() });
  await secrets.send(new RotateSecretCommand({ SecretId: arn, ClientRequestToken }));
  logger.info("rotation begun", { secretArn: arn, versionId: ClientRequestToken });
}
