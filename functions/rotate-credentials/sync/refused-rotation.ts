import type { Clock } from "../../../shared/primitives/clock.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import { pendingWaysOut } from "../../../shared/secrets/pending-version.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { leaseOf } from "../../../shared/state/lease.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { hasVersion } from "../record/credential-state.ts";
import { underLease } from "../record/leased-record.ts";
import { saveNotStarted } from "../record/record-change.ts";
import { nextRefusal } from "../record/retry-backoff.ts";
import { notStartedCode, strangersVersionCode } from "../record/rotation-progress.ts";
import { type PublishDependencies, publishHistory } from "../report/publish-history.ts";

/** The rotation that was asked for, and of what. */
export interface RefusedRotation {
  secret: Pick<SecretDescription, "arn" | "name" | "current" | "pending">;
  versionId: string;
  bindings: readonly SecretBinding[];
}

/**
 * Records that Secrets Manager refused the rotation that our own schedule asked for: a failure that is counted, published
 * once, and ends with the next credential, or when none is wanted any more. One that began in spite of it, or that somebody else is at, is left alone.
 *
 * @param error the SDK's error of `RotateSecret`; of its text nothing is repeated
 */
export async function recordRefusedRotation(
  dependencies: PublishDependencies & { table: StateTable; clock: Clock },
  { requestId, deadline }: Invocation,
  { secret, versionId, bindings }: RefusedRotation,
  error: unknown,
): Promise<void> {
  const { table, clock } = dependencies;
  const { arn: secretArn, current } = secret;
  if (current === undefined) return;
  const lease = leaseOf({ holder: requestId, deadline });
  await underLease(table, bindings, { ...lease, now: clock.now() }, async (targets) => {
    const isAtRest = targets.every(({ record }) => hasVersion(record.state, current));
    if (!isAtRest) return;
    const { refusal, tellAfter } = error instanceof RotationVanishedError ? vanished(error) : refusalOf(secret, error);
    const now = () => clock.now();
    for (const target of targets) {
      const { failure } = target.record;
      if (failure?.code === strangersVersionCode) {
        // Told already, with its cause: only the pause grows.
        await target.save((record) => ({
          ...record,
          failure: { ...nextRefusal(failure, failure, clock.now()), isTold: true },
        }));
        continue;
      }
      const change = { secretArn, versionId, trigger: "DUE", requestId, now } as const;
      await saveNotStarted(target, change, refusal, { current, tellAfter });
      await publishHistory(target, dependencies);
    }
  });
}

/** A heading of docs/runbook.md. */
const page = "rotation-not-started";

/** Secrets Manager took a rotation on, and nothing of it is left: its first step has never come. */
export class RotationVanishedError extends Error {
  override readonly name = "RotationVanishedError";
}

function vanished(cause: RotationVanishedError): { refusal: AutomationError; tellAfter: number } {
  const why =
    "Secrets Manager took it on and never called its first step: somebody took the label AWSPENDING off its version at once, or gave it to another";
  const refusal = new AutomationError(`${why}. It is tried again. See docs/runbook.md, ${page}.`, {
    code: notStartedCode,
    retryable: true,
    cause,
  });
  return { refusal, tellAfter: 1 };
}

/** The likely cause by the name of Secrets Manager's error, and after how many refusals in a row it is worth telling. */
const causes: Readonly<Record<string, { why: string; tellAfter: number }>> = {
  AccessDeniedException: {
    why: "the sync's role or the secret's policy does not allow secretsmanager:RotateSecret, or not lambda:InvokeFunction on the rotation function",
    tellAfter: 1,
  },
  ResourceNotFoundException: { why: "the secret or its rotation function is not there any more", tellAfter: 1 },
  InvalidParameterException: { why: "Secrets Manager does not take its rotation function or its rules", tellAfter: 1 },
  // Once it may be a rotation that somebody else has begun this moment.
  InvalidRequestException: {
    why: "an earlier rotation has not come to its end (a version has the label AWSPENDING), or the secret has no rotation function, is deleted or is a replica",
    tellAfter: 2,
  },
};

function refusalOf(
  { name, pending, current }: RefusedRotation["secret"],
  error: unknown,
): { refusal: AutomationError; tellAfter: number } {
  const errorName = error instanceof Error ? error.name : "unknown";
  const { why: likely, tellAfter } = causes[errorName] ?? { why: "it is tried again", tellAfter: 5 };
  const isBlocked = errorName === "InvalidRequestException" && pending !== undefined && pending !== current;
  const why = isBlocked
    ? `version ${pending} has the label AWSPENDING, of a rotation that has not come to its end or of somebody's own. ${pendingWaysOut(pending).replace(/\.$/, "")}`
    : likely;
  const refusal = new AutomationError(
    `The rotation of ${name} is due and could not be started (RotateSecret: ${errorName}): ${why}. See docs/runbook.md, ${page}.`,
    { code: notStartedCode, retryable: causes[errorName] === undefined, details: { error: errorName }, cause: error },
  );
  return { refusal, tellAfter };
}
