import { RotateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { rotationRequestKey } from "../../../shared/records/credential/rotation-schedule.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { durationMs, secretTags } from "../../../shared/secrets/secret-tags.ts";
import { type AuthRecord, lastApplied } from "../record/credential-state.ts";
import type { Held } from "../record/leased-record.ts";
import type { NativeParts } from "../steps/rotation-context.ts";
/** How old the oldest of the given credentials is, in milliseconds; `undefined` when none is known. */
export function ageMs(records: readonly AuthRecord[], now: number): number | undefined {
  const since = records.flatMap(({ state }) => {
    const at = Date.parse(lastApplied(state)?.at ?? "");
    return Number.isNaN(at) ? [] : [at];
  });
  return since.length === 0 ? undefined : now - Math.min(...since);
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
export async function beginRotation(parts: NativeParts, arn: string, held: readonly Held[]): Promise<void> {
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
