import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import type { AutomationError } from "../../../shared/primitives/errors.ts";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import type { HistoryEntry } from "../../../shared/records/credential/rotation-history.ts";
import { forgetFailedStep, noteRotationRequest } from "../../../shared/records/credential/rotation-schedule.ts";
import { describeSecret } from "../../../shared/secrets/read-secret.ts";
import { leaseOf } from "../../../shared/state/lease.ts";
import { beginRun } from "../read/account-services.ts";
import { endOfRotation } from "../read/ended-rotation.ts";
import { permittedBindings } from "../read/permitted-bindings.ts";
import type { SecretProblem } from "../read/secret-problem.ts";
import { readSecretRecords } from "../read/secret-records.ts";
import { readCredentialRecord } from "../record/credential-record.ts";
import { hasVersion } from "../record/credential-state.ts";
import { underLease } from "../record/leased-record.ts";
import { type Change, rotationTrigger } from "../record/record-change.ts";
import { busyCode, rotationError, unboundCode } from "../record/rotation-progress.ts";
import { publishHistory } from "../report/publish-history.ts";
import { abortRotation } from "./abort-rotation.ts";
import { createSecret } from "./create-secret.ts";
import { failedStepCause, failedStepOf, noteFailedStep } from "./failed-step.ts";
import { completeRotation, finishSecret } from "./finish-secret.ts";
import { whyNotPending } from "./pending-label.ts";
import type { RotationContext, RotationStepEvent, StepDependencies } from "./rotation-context.ts";
import { setSecret } from "./set-secret.ts";
import { testConfiguration, testSecret } from "./test-secret.ts";
import { isRepeatable } from "./verify-candidate.ts";

const steps = { createSecret, setSecret, testSecret, finishSecret };

/** A step that failed, and needs no more telling: its rotation has ended with that cause, or there is none. */
interface EndedStep {
  cause: unknown;
}

/**
 * One step of a rotation. Every step may come twice, and may have died anywhere before: what it finds done, it
 * leaves. A step that cannot succeed ends the rotation and throws; one that cannot even do that leaves its cause for the sync.
 *
 * @throws {AutomationError} `SECRET_GONE`, `ROTATION_NOT_PENDING`, both told unless they were before; `ROTATION_BUSY`, or what the step itself throws
 */
export async function runStep(
  dependencies: StepDependencies,
  invocation: Invocation,
  event: RotationStepEvent,
): Promise<void> {
  const fail = (cause: unknown): never => {
    const { code, message: reason } = failureReason(cause);
    dependencies.logger.error("rotation step failed", { secretArn: event.SecretId, code, reason });
    throw cause;
  };
  let ended: EndedStep | undefined;
  try {
    ended = await takeStep(dependencies, invocation, event);
  } catch (error) {
    await noteFailedStep(dependencies, event, error);
    fail(error);
  }
  if (ended) fail(ended.cause);
}

async function takeStep(
  dependencies: StepDependencies,
  invocation: Invocation,
  event: RotationStepEvent,
): Promise<EndedStep | undefined> {
  const { Step, SecretId, ClientRequestToken: pendingVersionId } = event;
  const { table, clock } = dependencies;
  const secret = await describeSecret(dependencies.secrets, SecretId, clock.now());
  const over = whyNotPending(secret, pendingVersionId);
  const secretRecords = await readSecretRecords(table, secret.arn);
  if (secretRecords.requestedVersionId === pendingVersionId && secretRecords.request?.begunAt === undefined) {
    await noteRotationRequest(table, secret.arn, { begunAt: new Date(clock.now()).toISOString() });
  }
  const { bindings, problems } = permittedBindings(secret, secretRecords.bindings, dependencies.connections);
  const records = await Promise.all(bindings.map((binding) => readCredentialRecord(table, binding)));
  const isStarted = records.some(
    ({ record: { state } }) => state.kind === "ROTATING" && state.pendingVersionId === pendingVersionId,
  );
  const isTest = Step === "testSecret" && !isStarted && !secret.isDeleted;
  if (over && !isStarted) {
    const end = await endOfRotation(table, bindings, pendingVersionId);
    // Of one that has succeeded an old view of the labels may be all that speaks against it.
    const mayTest = isTest && (end === undefined || end.result === "APPLIED");
    if (end && !secret.isDeleted && !mayTest) return { cause: endedBefore(end) };
    const failedStep = failedStepOf(secretRecords, pendingVersionId);
    if (failedStep?.code === unboundCode) return { cause: failedStepCause(failedStep) };
    // Only the first step can find a rotation that nobody has told of.
    if (!mayTest && (end || Step !== "createSecret")) return { cause: over };
  }
  if (isTest) {
    return testConfiguration(dependencies, secret, { bindings, problems }).then(
      () => undefined,
      (cause: unknown) => ({ cause }),
    );
  }
  const { requestId, deadline } = invocation;
  const change: Change = {
    secretArn: secret.arn,
    versionId: pendingVersionId,
    trigger: rotationTrigger(secretRecords.requestedVersionId, pendingVersionId),
    requestId,
    now: () => clock.now(),
  };
  const hasStarted = Step !== "createSecret";
  const run = beginRun(dependencies, invocation);
  const lease = leaseOf({ holder: requestId, deadline });
  const held = await underLease(table, bindings, { ...lease, now: clock.now(), goesOn: true }, async (targets) => {
    const context = { secret, pendingVersionId, secretRecords, targets, change, invocation: run, hasStarted };
    try {
      // Once one of them is recorded as having it, it was promoted, whatever an old view of the labels says.
      const isPromoted =
        secret.current === pendingVersionId || targets.some(({ record }) => hasVersion(record.state, pendingVersionId));
      if (!isPromoted) return await runOrAbort(dependencies, context, Step, { problems, over });
      await completeRotation(dependencies, context);
      return undefined;
    } finally {
      for (const target of targets) await publishHistory(target, dependencies);
    }
  });
  if (!held) throw rotationError(busyCode, "Another run is at one of its auth configs. Try again.", true);
  // Repeated with success: what failed before ends nothing any more.
  if (!held.result && failedStepOf(secretRecords, pendingVersionId)) await forgetFailedStep(table, secret.arn);
  return held.result;
}

async function runOrAbort(
  dependencies: StepDependencies,
  context: RotationContext,
  Step: RotationStepEvent["Step"],
  { problems, over }: { problems: readonly SecretProblem[]; over: AutomationError | undefined },
): Promise<EndedStep | undefined> {
  const { secret, targets } = context;
  try {
    if (over) throw over;
    const other = targets.find(({ record }) => ![undefined, secret.arn].includes(record.secretArn));
    if (other)
      throw rotationError("BINDING_WRONG", `Another secret is bound to auth config ${other.binding.authConfigId}.`);
    if (targets.length === 0) {
      const why = problems.map(({ message }) => message).join("; ");
      throw rotationError(unboundCode, `The secret feeds no auth config${why === "" ? "" : `: ${why}`}.`);
    }
    await steps[Step](dependencies, context);
    return undefined;
  } catch (error) {
    // What began is ended when the secret names its auth configs again: those that have the candidate are among them.
    const isOutOfReach = targets.length === 0 && Step !== "createSecret";
    if (isRepeatable(error, Step) || isOutOfReach) throw error;
    // No auth config has a history that would tell it: the sync tells it of the secret.
    if (targets.length === 0 && !over) {
      const event = { Step, SecretId: secret.arn, ClientRequestToken: context.pendingVersionId };
      await noteFailedStep(dependencies, event, error);
    }
    return endRotation(dependencies, context, error);
  }
}

/** Whoever ended it, nobody else took anything from it: a step that comes afterwards is told so. */
function endedBefore({ versionId, result, reason }: HistoryEntry): AutomationError {
  const next = result === "APPLIED" ? "" : " Rotate again.";
  return rotationError(
    "ROTATION_NOT_PENDING",
    `The rotation to version ${versionId} has ended (${reason?.code ?? result}).${next}`,
  );
}

/**
 * Ends a rotation of which a step failed: forward where its version has become the current one meanwhile, back otherwise.
 *
 * @returns the cause, where it went back
 * @throws the cause, where it has not ended
 */
async function endRotation(
  dependencies: StepDependencies,
  context: RotationContext,
  cause: unknown,
): Promise<EndedStep | undefined> {
  const { secrets, clock } = dependencies;
  const secret = await describeSecret(secrets, context.secret.arn, clock.now());
  if (secret.current === context.pendingVersionId) {
    await completeRotation(dependencies, { ...context, secret });
    return undefined;
  }
  // What the step saw of the labels was old, or somebody has put right what they did.
  if (whyNotPending(context.secret, context.pendingVersionId) && !whyNotPending(secret, context.pendingVersionId)) {
    throw cause;
  }
  await abortRotation(dependencies, { ...context, secret }, cause);
  return { cause };
}
