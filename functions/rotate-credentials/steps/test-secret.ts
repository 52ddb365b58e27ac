import { parseCredential } from "../../../shared/secrets/credential.ts";
import { readSecret, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { PermittedBindings } from "../read/permitted-bindings.ts";
import { advanceRotation, hasPendingVersion, rotatingState, rotationError } from "../record/rotation-progress.ts";
import { readPending } from "./read-pending.ts";
import type { RotationContext, StepDependencies } from "./rotation-context.ts";
import { verifyCandidate } from "./verify-candidate.ts";

/**
 * Step 3: with RingCX on the new credential, the endpoints are asked once more.
 *
 * @throws {AutomationError} `ROTATION_NOT_SET`, `CREDENTIAL_REFUSED`, `ENDPOINT_SILENT`
 */
export async function testSecret(dependencies: StepDependencies, context: RotationContext): Promise<void> {
  const { secret, pendingVersionId, targets, change } = context;
  if (targets.some((target) => !hasPendingVersion(target, pendingVersionId))) {
    throw rotationError("ROTATION_NOT_SET", "Not every auth config has the new credential: setSecret comes first.");
  }
  const unverified = targets.filter((target) => rotatingState(target, pendingVersionId)?.step === "SET");
  if (unverified.length === 0) return;
  const { text } = await readPending(dependencies, secret, pendingVersionId);
  for (const target of unverified) {
    const credential = parseCredential(text, target.binding.authType, pendingVersionId);
    const verification = await verifyCandidate(dependencies, target, credential);
    await advanceRotation(target, pendingVersionId, change, { step: "VERIFIED", verification });
  }
}

/**
 * `testSecret` alone, as Secrets Manager calls it to test a configuration: reads the secret and its bindings, and
 * writes nothing anywhere. A secret that has no value yet, or that no manifest names yet, is not wrong.
 *
 * @throws {AutomationError} `BINDING_WRONG`, `SECRET_INVALID`
 */
export async function testConfiguration(
  { secrets }: Pick<StepDependencies, "secrets">,
  secret: Pick<SecretDescription, "arn" | "tags" | "readAt" | "current">,
  { bindings, problems }: PermittedBindings,
): Promise<void> {
  if (problems.length > 0) {
    throw rotationError("BINDING_WRONG", `${problems.map(({ message }) => message).join("; ")}.`);
  }
  if (bindings.length === 0 || secret.current === undefined) return;
  const { text, versionId } = await readSecret(secrets, secret, secret.current);
  for (const { authType } of bindings) parseCredential(text, authType, versionId);
}
