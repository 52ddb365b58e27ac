import type { VerificationLevel } from "../../../shared/records/credential/rotation-history.ts";
import { type Credential, parseCredential } from "../../../shared/secrets/credential.ts";
import { readSecret } from "../../../shared/secrets/read-secret.ts";
import { verifyAtIssuer } from "../issuer/issue-credential.ts";
import type { Held } from "../record/leased-record.ts";
import { advance, rotating, rotationError } from "../record/rotation-progress.ts";
import { accountOf } from "../write/write-context.ts";
import { putCredential, readBound } from "../write/write-credential.ts";
import type { RotationContext, StepDependencies } from "./rotation-context.ts";
import { proveCandidate } from "./verify-candidate.ts";

/**
 * Step 2: the candidate is checked (its form, the bindings, the issuer, the endpoints) before RingCX sees it, then
 * every auth config gets it.
 */
export async function setSecret(parts: StepDependencies, context: RotationContext): Promise<void> {
  const { secret, token, items, held, change, run } = context;
  const open = held.filter((one) => !isSet(one, token));
  if (open.length === 0) return;
  const { text } = await readSecret(parts.secrets, secret.arn, token);
  const checked: { one: Held; credential: Credential; config: Awaited<ReturnType<typeof readBound>> }[] = [];
  for (const one of open) {
    const credential = parseCredential(text, one.binding.authType, token);
    const config = await readBound(accountOf(parts, one.binding, run), one.binding);
    one.learnName(config.providerName);
    checked.push({ one, credential, config });
  }
  const [first] = held;
  if (first) {
    const { authType } = first.binding;
    await verifyAtIssuer(parts, { secret, versionId: token, authType, credentials: items.credentials });
  }
  const proofs = new Map<Held, VerificationLevel>();
  for (const { one, credential } of checked) proofs.set(one, await proveCandidate(parts, context, one, credential));
  for (const { one, credential, config } of checked) {
    await advance(one, token, change, { step: "SETTING" });
    const taken = await putCredential(accountOf(parts, one.binding, run), one.binding, config, credential);
    if (taken === "none") throw rotationError("PROOF_MISSING", "RingCX answered with another auth config.");
    await advance(one, token, change, { step: "SET", proof: proofs.get(one) ?? taken });
  }
}

function isSet(one: Held, token: string): boolean {
  const step = rotating(one, token)?.step;
  return step === "SET" || step === "PROVEN";
}
