import { readSecret, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { SecretUnreadableError } from "../../../shared/secrets/unusable-secret.ts";
import type { StepDependencies } from "./rotation-context.ts";

/** Secrets Manager may not know a version yet that was put a moment ago. */
const maxAttempts = 4;

const pauseMs = 1_500;

/**
 * The text of the pending version, which the step before has put.
 *
 * @throws {AutomationError} `SECRET_NOT_TEXT`; {@link SecretUnreadableError}, where it is missing after some attempts too
 */
export async function readPending(
  { secrets, clock }: Pick<StepDependencies, "secrets" | "clock">,
  secret: Pick<SecretDescription, "arn" | "tags" | "readAt">,
  pendingVersionId: string,
): ReturnType<typeof readSecret> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readSecret(secrets, secret, pendingVersionId);
    } catch (error) {
      const isMissing = error instanceof SecretUnreadableError && error.details.error === "ResourceNotFoundException";
      if (!isMissing || attempt === maxAttempts) throw error;
      await clock.sleep(pauseMs);
    }
  }
}
