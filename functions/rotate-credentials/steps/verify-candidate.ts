import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { VerificationLevel } from "../../../shared/records/credential/rotation-history.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import type { Credential } from "../../../shared/secrets/credential.ts";
import type { Held } from "../record/leased-record.ts";
import { rotationError } from "../record/rotation-progress.ts";
import type { RotationContext, StepDependencies } from "./rotation-context.ts";

/** A new credential may need a moment until every server of an endpoint knows it. */
const askTimes = 3;

const askAgainMs = 2_000;

/**
 * Asks the endpoints. Unlike a version that is already the current one, a candidate has time: what cannot be asked
 * is not put in.
 */
export async function proveCandidate(
  parts: StepDependencies,
  { secret }: RotationContext,
  { binding }: Held,
  credential: Credential,
): Promise<VerificationLevel> {
  for (let time = 1; ; time += 1) {
    const answer = await parts.prove({ binding, secret }, credential);
    if (answer.kind === "ACCEPTED") return "endpoint";
    if (answer.kind === "UNDECLARED") return "metadata";
    if (time === askTimes) {
      const isRefused = answer.kind === "REFUSED";
      throw rotationError(
        isRefused ? "CREDENTIAL_REFUSED" : "ENDPOINT_SILENT",
        isRefused
          ? `The endpoint refuses the new credential: ${answer.reason}.`
          : `The endpoint cannot be asked about the new credential: ${answer.reason}.`,
        !isRefused,
      );
    }
    await parts.clock.sleep(askAgainMs);
  }
}

/** Whether a step may simply be repeated: nothing has gone wrong with the rotation itself. */
export function mayRepeat(error: unknown): boolean {
  return error instanceof QuotaDeferredError || (error instanceof AutomationError && error.code === "LEASE_LOST");
}
