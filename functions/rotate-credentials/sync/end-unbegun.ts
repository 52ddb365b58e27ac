import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { Run } from "../read/account-services.ts";
import { endOfRotation } from "../read/ended-rotation.ts";
import { readSecretRecords, type SecretRecords } from "../read/secret-records.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import { type Change, rotationTrigger } from "../record/record-change.ts";
import { abortRotation } from "../steps/abort-rotation.ts";
import { hasValue, strangersVersion } from "../steps/create-secret.ts";
import { abandonedStepOf, failedStepCause, failedStepOf } from "../steps/failed-step.ts";
import { removePendingLabel } from "../steps/pending-label.ts";
import type { StepDependencies } from "../steps/rotation-context.ts";

/**
 * Whether the first step of a rotation failed before it could begin or end anything, and nobody has repeated it.
 *
 * @param now epoch milliseconds
 */
export function isUnbegun(
  { pending, current }: Pick<SecretDescription, "pending" | "current">,
  secretRecords: Pick<SecretRecords, "failedStep">,
  records: readonly CredentialRecord[],
  now: number,
): boolean {
  if (pending === undefined || pending === current) return false;
  const isKnown = records.some(({ state, failure }) => state.kind === "ROTATING" || failure?.versionId === pending);
  return !isKnown && abandonedStepOf(secretRecords, pending, now) !== undefined;
}

/**
 * Ends a rotation whose first step failed before it could begin or end anything: its cause is told, and the label is taken
 * off its empty version. One that has begun is left to {@link decideSync}.
 *
 * @returns whether there was one
 */
export async function endUnbegun(
  dependencies: StepDependencies,
  invocation: Run,
  secret: SecretDescription,
  targets: readonly LeasedRecord[],
): Promise<boolean> {
  const { table, secrets, clock } = dependencies;
  const { arn, pending } = secret;
  const secretRecords = await readSecretRecords(table, arn);
  const records = targets.map(({ record }) => record);
  const failedStep = failedStepOf(secretRecords, pending);
  if (pending === undefined || !failedStep || !isUnbegun(secret, secretRecords, records, clock.now())) return false;
  const bindings = targets.map(({ binding }) => binding);
  if (await endOfRotation(table, bindings, pending)) {
    await removePendingLabel(secrets, secret, pending);
    return true;
  }
  // What we make has its value only after its auth configs take part.
  const isStrangers = await hasValue(dependencies, arn, pending);
  const change: Change = {
    secretArn: arn,
    versionId: pending,
    trigger: rotationTrigger(secretRecords.requestedVersionId, pending),
    requestId: invocation.requestId,
    now: () => clock.now(),
  };
  const context = { secret, pendingVersionId: pending, secretRecords, targets, change, invocation, hasStarted: false };
  await abortRotation(dependencies, context, isStrangers ? strangersVersion(pending) : failedStepCause(failedStep));
  return true;
}
