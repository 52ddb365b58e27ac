import type { AutomationError } from "../../../shared/primitives/errors.ts";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import { type HistoryEntry, readEndOf } from "../../../shared/records/credential/rotation-history.ts";
import { noteRotationRequest } from "../../../shared/records/credential/rotation-schedule.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import { describeSecret } from "../../../shared/secrets/read-secret.ts";
import { leaseOf } from "../../../shared/state/lease.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { beginRun } from "../read/account-services.ts";
import { permittedBindings } from "../read/permitted-bindings.ts";
import type { SecretProblem } from "../read/secret-problem.ts";
import { readSecretRecords } from "../read/secret-records.ts";
import { readCredentialRecord } from "../record/credential-record.ts";
import { hasVersion } from "../record/credential-state.ts";
import { underLease } from "../record/leased-record.ts";
import { type Change, rotationTrigger } from "../record/record-change.ts";
import { rotationError } from "../record/rotation-progress.ts";
import { publishHistory } from "../report/publish-history.ts";
import { abortRotation } from "./abort-rotation.ts";
import { createSecret } from "./create-secret.ts";
import { completeRotation, finishSecret } from "./finish-secret.ts";
import { whyNotPending } from "./pending-label.ts";
import type { RotationContext, StepDependencies } from "./rotation-context.ts";
import { setSecret } from "./set-secret.ts";
import { testConfiguration, testSecret } from "./test-secret.ts";
import { isRepeatable } from "./verify-candidate.ts";

/** What Secrets Manager sends. Source: AWS Secrets Manager User Guide, "Lambda rotation functions". */
export interface RotationStepEvent {
  Step: "createSecret" | "setSecret" | "testSecret" | "finishSecret";
  SecretId: string;
  ClientRequestToken: string;
}

const steps = { createSecret, setSecret, testSecret, finishSecret };

/**
 * One step of a rotation. Every step may come twice, and may have died anywhere before: what it finds done, it
 * leaves. A step that cannot succeed ends the rotation and throws.
 *
 * @throws {AutomationError} `SECRET_GONE`, `ROTATION_NOT_PENDING`, both told unless they were before; `ROTATION_BUSY`, or what the step itself throws
 */
export async function runStep(
  dependencies: StepDependencies,
  invocation: Invocation,
  event: RotationStepEvent,
): Promise<void> {
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
    const end = await endOf(table, bindings, pendingVersionId);
    // Of one that has succeeded an old view of the labels may be all that speaks against it.
    const mayTest = isTest && (end === undefined || end.result === "APPLIED");
    if (end && !secret.isDeleted && !mayTest) throw ended(end);
    // Only the first step can find a rotation that nobody has told of.
    if (!mayTest && (end || Step !== "createSecret")) throw over;
  }
  if (isTest) return testConfiguration(dependencies, secret, { bindings, problems });
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
  const held = await underLease(table, bindings, { ...lease, now: clock.now() }, async (targets) => {
    const context = { secret, pendingVersionId, secretRecords, targets, change, invocation: run, hasStarted };
    try {
      // Once one of them is recorded as having it, it was promoted, whatever an old view of the labels says.
      const isPromoted =
        secret.current === pendingVersionId || targets.some(({ record }) => hasVersion(record.state, pendingVersionId));
      if (isPromoted) await completeRotation(dependencies, context);
      else await runOrAbort(dependencies, context, Step, { problems, over });
    } finally {
      for (const target of targets) await publishHistory(target, dependencies);
    }
  });
  if (!held) throw rotationError("ROTATION_BUSY", "Another run is at one of its auth configs. Try again.", true);
}

async function runOrAbort(
  dependencies: StepDependencies,
  context: RotationContext,
  Step: RotationStepEvent["Step"],
  { problems, over }: { problems: readonly SecretProblem[]; over: AutomationError | undefined },
): Promise<void> {
  const { secret, targets } = context;
  try {
    if (over) throw over;
    const other = targets.find(({ record }) => ![undefined, secret.arn].includes(record.secretArn));
    if (other)
      throw rotationError("BINDING_WRONG", `Another secret is bound to auth config ${other.binding.authConfigId}.`);
    if (targets.length === 0) {
      const why = problems.map(({ message }) => message).join("; ");
      throw rotationError("BINDING_NONE", `The secret is bound to no auth config. ${why}`);
    }
    await steps[Step](dependencies, context);
  } catch (error) {
    // What began is ended when the secret names its auth configs again: those that have the candidate are among them.
    const isOutOfReach = targets.length === 0 && Step !== "createSecret";
    if (isRepeatable(error, Step) || isOutOfReach) throw error;
    await endRotation(dependencies, context, error);
  }
}

/** How the rotation to a version ended, at the first auth config whose history tells it. */
async function endOf(
  table: StateTable,
  bindings: readonly SecretBinding[],
  versionId: string,
): Promise<HistoryEntry | undefined> {
  const ends = await Promise.all(bindings.map((binding) => readEndOf(table, binding, versionId)));
  return ends.find((end) => end !== undefined);
}

/** Whoever ended it, nobody else took anything from it: a step that comes afterwards is told so. */
function ended({ versionId, result, reason }: HistoryEntry): AutomationError {
  const next = result === "APPLIED" ? "" : " Rotate again.";
  return rotationError(
    "ROTATION_NOT_PENDING",
    `The rotation to version ${versionId} has ended (${reason?.code ?? result}).${next}`,
  );
}

/**
 * Ends a rotation of which a step failed: forward where its version has become the current one meanwhile, back otherwise.
 *
 * @throws the cause, where it goes back
 */
async function endRotation(dependencies: StepDependencies, context: RotationContext, cause: unknown): Promise<void> {
  const { secrets, clock } = dependencies;
  const secret = await describeSecret(secrets, context.secret.arn, clock.now());
  if (secret.current === context.pendingVersionId) return completeRotation(dependencies, { ...context, secret });
  // What the step saw of the labels was old, or somebody has put right what they did.
  if (whyNotPending(context.secret, context.pendingVersionId) && !whyNotPending(secret, context.pendingVersionId)) {
    throw cause;
  }
  await abortRotation(dependencies, { ...context, secret }, cause);
  throw cause;
}
