import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { VerificationLevel } from "../../../shared/records/credential/rotation-history.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import type { Credential } from "../../../shared/secrets/credential.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import { PastPromotionError, rotationError } from "../record/rotation-progress.ts";
import type { StepDependencies } from "./rotation-context.ts";

/** A new credential may need a moment until every server of an endpoint knows it. */
const maxAttempts = 3;

const pauseMs = 2_000;

/**
 * Asks the endpoints, several times if need be. Unlike a version that is already the current one, a candidate has
 * time: what cannot be verified is not written.
 *
 * @returns `endpoint` when they accept it, `metadata` when no service declares how to ask
 * @throws {AutomationError} `CREDENTIAL_REFUSED`, `ENDPOINT_SILENT`
 */
export async function verifyCandidate(
  { verifyAtEndpoint, clock }: Pick<StepDependencies, "verifyAtEndpoint" | "clock">,
  { binding }: Pick<LeasedRecord, "binding">,
  credential: Credential,
): Promise<VerificationLevel> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await verifyAtEndpoint(binding, credential);
    if (answer.kind === "ACCEPTED") return "endpoint";
    if (answer.kind === "UNDECLARED") return "metadata";
    if (attempt === maxAttempts) {
      const isRefused = answer.kind === "REFUSED";
      throw rotationError(
        isRefused ? "CREDENTIAL_REFUSED" : "ENDPOINT_SILENT",
        isRefused
          ? `The endpoint refuses the new credential: ${answer.reason}.`
          : `The endpoint cannot be asked about the new credential: ${answer.reason}.`,
        !isRefused,
      );
    }
    await clock.sleep(pauseMs);
  }
}

/** Whether a step may simply be repeated: nothing has gone wrong with the rotation itself. */
export function isRepeatable(error: unknown): boolean {
  const isOvertaken = error instanceof AutomationError && error.code === "LEASE_LOST";
  return isOvertaken || error instanceof QuotaDeferredError || error instanceof PastPromotionError;
}
