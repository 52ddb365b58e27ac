import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { EndpointAnswer } from "../../../shared/proof/verify-at-endpoint.ts";
import type { VerificationLevel } from "../../../shared/records/credential/rotation-history.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { RingCxUnavailableError } from "../../../shared/ringcx/resources/errors.ts";
import type { Credential } from "../../../shared/secrets/credential.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import { busyCode, PastPromotionError, rotationError } from "../record/rotation-progress.ts";
import type { StepDependencies } from "./rotation-context.ts";

/** A new credential may need a moment until every server of an endpoint knows it. */
const maxAttempts = 3;

const pauseMs = 2_000;

/** An endpoint that could not be asked about a candidate. */
const endpointSilentCode = "ENDPOINT_SILENT";

/**
 * Asks the endpoints, several times if need be. Unlike a version that is already the current one, a candidate has
 * time: what could be verified and is not, is not written.
 *
 * @returns `endpoint` when they accept it, `metadata` when it cannot be proven by its nature and settings allow that
 * @throws {AutomationError} `CREDENTIAL_REFUSED`, `CREDENTIAL_UNPROVEN`, `ENDPOINT_SILENT`
 */
export async function verifyCandidate(
  { verifyAtEndpoint, clock, unproven }: Pick<StepDependencies, "verifyAtEndpoint" | "clock" | "unproven">,
  { binding }: Pick<LeasedRecord, "binding">,
  credential: Credential,
): Promise<VerificationLevel> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await verifyAtEndpoint(binding, credential);
    if (answer.kind === "ACCEPTED") return "endpoint";
    if (answer.kind === "NOT_PROVABLE") {
      if (unproven.notProvable === "write") return "metadata";
      throw unverified(answer);
    }
    if (attempt === maxAttempts) throw unverified(answer);
    await clock.sleep(pauseMs);
  }
}

function unverified(answer: Exclude<EndpointAnswer, { kind: "ACCEPTED" }>): AutomationError {
  const details = { proofAnswer: answer.kind };
  switch (answer.kind) {
    case "REFUSED": {
      const why = `The endpoint refuses the new credential: ${answer.reason}.`;
      return rotationError("CREDENTIAL_REFUSED", why, false, details);
    }
    case "COULD_NOT_BE_ASKED": {
      const why = `The endpoint cannot be asked about the new credential: ${answer.reason}.`;
      return rotationError(endpointSilentCode, why, true, details);
    }
    case "NOT_PROVABLE": {
      const why = `The new credential cannot be proven (${answer.reason}), and the environment's setting rotation.unproven.notProvable is "keep". Make a new version AWSCURRENT yourself, or change the setting.`;
      return rotationError("CREDENTIAL_UNPROVEN", why, false, details);
    }
  }
}

/**
 * Whether a step may simply be repeated: nothing has gone wrong with the rotation itself. A `testSecret` whose endpoint
 * is silent is: RingCX has the candidate, which was accepted before. It goes no further until it is accepted again, and
 * if that does not come, the schedule rolls it back.
 */
export function isRepeatable(error: unknown, step: string): boolean {
  const codes = ["LEASE_LOST", busyCode, ...(step === "testSecret" ? [endpointSilentCode] : [])];
  const isExpected = error instanceof AutomationError && codes.includes(error.code);
  // The last step only looks at RingCX, which has the candidate.
  const isUnseen = step === "finishSecret" && error instanceof RingCxUnavailableError;
  return isExpected || isUnseen || error instanceof QuotaDeferredError || error instanceof PastPromotionError;
}
