import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import {
  type FailedStep,
  type RotationRequest,
  saveFailedStep,
} from "../../../shared/records/credential/rotation-schedule.ts";
import { rotationError } from "../record/rotation-progress.ts";
import type { StepDependencies } from "./rotation-context.ts";
import type { RotationStepEvent } from "./run-step.ts";

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
  const at = new Date(clock.now()).toISOString();
  try {
    await saveFailedStep(table, SecretId, { versionId, step: Step, at, code, message });
  } catch (failure) {
    logger.error("failed rotation step not noted", { secretArn: SecretId, code: failureReason(failure).code });
  }
}

/** The step of the rotation to a version that failed last, without an end of it. */
export function failedStepOf(request: RotationRequest | undefined, versionId: string | undefined) {
  return request?.failedStep?.versionId === versionId ? request?.failedStep : undefined;
}

/** What a rotation that never began is ended with: the cause, as the step had it. */
export function failedStepCause({ code, message }: FailedStep): AutomationError {
  return new AutomationError(message, { code });
}

/** Why a rotation is given up of which nobody has heard for too long. */
export function rotationDied(failedStep: FailedStep | undefined): AutomationError {
  const silent = "It has given no sign of life for too long:";
  return failedStep
    ? rotationError(
        "ROTATION_DIED",
        `${silent} its step ${failedStep.step} failed, and was not repeated with success. ${failedStep.message}`,
      )
    : rotationError("ROTATION_DIED", `${silent} it was killed, or its secret was out of reach.`);
}
