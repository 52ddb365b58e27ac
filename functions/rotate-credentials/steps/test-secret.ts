import { parseCredential } from "../../../shared/secrets/credential.ts";
import { readSecret, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { Bindings } from "../read/permitted-bindings.ts";
import { advance, rotating, rotationError } from "../record/rotation-progress.ts";
import type { RotationContext, StepDependencies } from "./rotation-context.ts";
import { proveCandidate } from "./verify-candidate.ts";

/** Step 3: with RingCX on the new credential, the endpoints are asked once more. */
export async function testSecret(parts: StepDependencies, context: RotationContext): Promise<void> {
  const { secret, token, held, change } = context;
  if (held.some((one) => !hasReached(one, token))) {
    throw rotationError("ROTATION_NOT_SET", "Not every auth config has the new credential: setSecret comes first.");
  }
  const open = held.filter((one) => rotating(one, token)?.step === "SET");
  if (open.length === 0) return;
  const { text } = await readSecret(parts.secrets, secret.arn, token);
  for (const one of open) {
    const credential = parseCredential(text, one.binding.authType, token);
    const proof = await proveCandidate(parts, context, one, credential);
    await advance(one, token, change, { step: "PROVEN", proof });
  }
}

/**
 * `testSecret` alone, as Secrets Manager calls it to test a configuration: reads the secret and its bindings, and
 * writes nothing anywhere. A secret that has no value yet, or that no manifest names yet, is not wrong.
 */
export async function testConfiguration(
  { secrets }: StepDependencies,
  { arn, current }: SecretDescription,
  { bindings, problems }: Bindings,
): Promise<void> {
  if (problems.length > 0) throw rotationError("BINDING_WRONG", `${problems.join("; ")}.`);
  if (bindings.length === 0 || current === undefined) return;
  const { text } = await readSecret(secrets, arn, current);
  for (const { authType } of bindings) parseCredential(text, authType, current);
}

function hasReached(one: Parameters<typeof rotating>[0], token: string): boolean {
  const step = rotating(one, token)?.step;
  return step === "SET" || step === "PROVEN";
}
