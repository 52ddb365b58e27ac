import type { Invocation } from "../../../shared/primitives/invocation.ts";
import { describeSecret } from "../../../shared/secrets/read-secret.ts";
import { leaseOf } from "../../../shared/state/lease.ts";
import { bindingsOf } from "../read/permitted-bindings.ts";
import { readSecretItems } from "../read/secret-records.ts";
import { readRecord } from "../record/credential-record.ts";
import { hasVersion } from "../record/credential-state.ts";
import { hold, releaseAll } from "../record/leased-record.ts";
import type { Change } from "../record/record-change.ts";
import { rotationError } from "../record/rotation-progress.ts";
import { tell } from "../report/publish-history.ts";
import { giveUp } from "./abort-rotation.ts";
import { createSecret } from "./create-secret.ts";
import { finishSecret, settle } from "./finish-secret.ts";
import type { RotationContext, StepDependencies } from "./rotation-context.ts";
import { setSecret } from "./set-secret.ts";
import { testConfiguration, testSecret } from "./test-secret.ts";
import { mayRepeat } from "./verify-candidate.ts";

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
 */
export async function runStep(parts: StepDependencies, run: Invocation, event: RotationStepEvent): Promise<void> {
  const { Step, SecretId, ClientRequestToken: token } = event;
  const { table, clock } = parts;
  const secret = await describeSecret(parts.secrets, SecretId);
  if (!secret) throw rotationError("SECRET_GONE", `There is no secret ${SecretId}.`);
  const items = await readSecretItems(table, secret.arn);
  const bound = bindingsOf(secret, items.bindings, parts.connections);
  const records = await Promise.all(bound.bindings.map((binding) => readRecord(table, binding)));
  const isBegun = records.some(({ record: { state } }) => state.kind === "ROTATING" && state.token === token);
  if (Step === "testSecret" && !isBegun) return testConfiguration(parts, secret, bound);
  if (secret.current !== token && secret.pending !== token) {
    throw rotationError(
      "ROTATION_NOT_PENDING",
      `Version ${token} is not pending: it was given up. Begin another rotation.`,
    );
  }
  const change: Change = {
    secretArn: secret.arn,
    versionId: token,
    trigger: items.requestedToken === token ? "DUE" : "ROTATE_SECRET",
    requestId: run.requestId,
    now: () => clock.now(),
  };
  const held = await hold(
    table,
    bound.bindings,
    leaseOf({ holder: run.requestId, deadline: run.deadline }),
    clock.now(),
  );
  if (!held) throw rotationError("ROTATION_BUSY", "Another run is at one of its auth configs. Try again.", true);
  const context: RotationContext = { secret, token, items, held, change, run, hasBegun: Step !== "createSecret" };
  try {
    // Once one of them is noted as having it, it was promoted, whatever an old view of the labels says.
    const isPromoted = secret.current === token || held.some(({ record }) => hasVersion(record.state, token));
    if (isPromoted) await settle(parts, context);
    else await step(parts, context, Step, bound.problems);
  } finally {
    for (const one of held) await tell(one, parts);
    await releaseAll(held);
  }
}

async function step(
  parts: StepDependencies,
  context: RotationContext,
  Step: RotationStepEvent["Step"],
  problems: readonly string[],
): Promise<void> {
  try {
    const other = context.held.find(({ record }) => ![undefined, context.secret.arn].includes(record.secretArn));
    if (other) throw rotationError("BINDING_WRONG", `Another secret feeds auth config ${other.binding.authConfigId}.`);
    if (context.held.length === 0)
      throw rotationError("BINDING_NONE", `The secret feeds no auth config. ${problems.join("; ")}`);
    await steps[Step](parts, context);
  } catch (error) {
    if (!mayRepeat(error)) await giveUp(parts, context, error);
    throw error;
  }
}
