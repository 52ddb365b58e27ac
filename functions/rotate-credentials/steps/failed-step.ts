import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { type FailedStep, saveFailedStep } from "../../../shared/records/credential/rotation-schedule.ts";
import type { SecretRecords } from "../read/secret-records.ts";
import { rotationError } from "../record/rotation-progress.ts";
import type { RotationStepEvent, StepDependencies } from "./rotation-context.ts";
import { isRepeatable } from "./verify-candidate.ts";

/**
 * Writes down that a step failed before it could end its rotation: nothing of it stands anywhere else. Secrets Manager may
 * repeat it; the sync ends what nobody repeats, and tells this as its cause. Where the table is what fails, the log line is
 * all, until the label that is left is found.
 */
export async function noteFailedStep(
  { table, clock, logger }: Pick<StepDependencies, "table" | "clock" | "logger">,
  { Step, SecretId, ClientRequestToken: versionId }: RotationStepEvent,
  error: unknown,
): Promise<void> {
  const { code, message } = failureReason(error);
  const failedAt = new Date(clock.now()).toISOString();
  try {
    const mayPass = isRepeatable(error, Step);
    await saveFailedStep(table, SecretId, { versionId, step: Step, failedAt, code, message, mayPass });
  } catch (failure) {
    logger.error("failed rotation step not noted", { secretArn: SecretId, code: failureReason(failure).code });
  }
}

/** The step of the rotation to a version that failed last, without an end of it. */
export function failedStepOf(records: Pick<SecretRecords, "failedStep">, versionId: string | undefined) {
  return records.failedStep?.versionId === versionId ? records.failedStep : undefined;
}

/** How long Secrets Manager has to repeat a rotation of which a step failed, in milliseconds. */
export const repeatedWithinMs = 60_000;

/**
 * The same where nobody has repeated it since.
 *
 * @param now epoch milliseconds
 */
export function abandonedStepOf(
  records: Pick<SecretRecords, "failedStep">,
  versionId: string | undefined,
  now: number,
) {
  const failedStep = failedStepOf(records, versionId);
  return failedStep && now - Date.parse(failedStep.failedAt) >= repeatedWithinMs ? failedStep : undefined;
}

/** The same of a rotation that has begun: what may pass by itself has longer. */
export function failedForGood(...[records, versionId, now]: Parameters<typeof abandonedStepOf>) {
  const failedStep = abandonedStepOf(records, versionId, now);
  return failedStep?.mayPass === false ? failedStep : undefined;
}

/** What a rotation that never began is ended with: the cause, as the step had it. */
export function failedStepCause({ code, message }: FailedStep): AutomationError {
  return new AutomationError(message, { code });
}

/** Why a rotation is given up of which a step failed, and nobody repeated it. */
export function stepFailed({ step, code, message }: FailedStep): AutomationError {
  return rotationError(code, `Its step ${step} failed, and was not repeated with success. ${message}`);
}

/** Why a rotation is given up whose step was killed: its lease ran out, and nobody has repeated it since. */
export function rotationKilled(): AutomationError {
  return rotationError(
    "ROTATION_DIED",
    "The process of its last step was killed, or could not write to the table, and nobody went on with it: its log says which.",
  );
}

/** Why a rotation is given up of which nobody has heard for too long. */
export function rotationDied(failedStep: FailedStep | undefined): AutomationError {
  const silent = "It has given no sign of life for too long:";
  const what = "was not repeated with success.";
  return failedStep
    ? rotationError("ROTATION_DIED", `${silent} its step ${failedStep.step} failed, and ${what} ${failedStep.message}`)
    : rotationError("ROTATION_DIED", `${silent} it was killed, or its secret or the table was out of reach.`);
}
