import type { VerificationLevel } from "../../../shared/records/credential/rotation-history.ts";
import { type Credential, parseCredential } from "../../../shared/secrets/credential.ts";
import { readSecret } from "../../../shared/secrets/read-secret.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { Held } from "../record/leased-record.ts";
import { advance, rotating, rotationError } from "../record/rotation-progress.ts";
import { accountOf } from "../write/write-context.ts";
import { putCredential, readBound } from "../write/write-credential.ts";
import type { NativeParts, RotationContext } from "./rotation-context.ts";
import { proveCandidate } from "./verify-candidate.ts";

/**
 * Step 2: the candidate is checked (its form, the bindings, the issuer, the endpoints) before RingCX sees it, then
 * every auth config gets it.
 */
export async function setSecret(parts: NativeParts, context: RotationContext): Promise<void> {
  const { secret, token, held, change, run } = context;
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
  await verifyAtIssuer(parts, context);
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

async function verifyAtIssuer(parts: NativeParts, { secret, token, items, held }: RotationContext): Promise<void> {
  const functionArn = secret.tags[secretTags.issuer];
  const kept = items.credentials.find(({ versionId }) => versionId === token);
  if (!functionArn?.startsWith("arn:") || !kept) return;
  const authType = held[0]?.binding.authType ?? kept.authType;
  const subject = { secretArn: secret.arn, authType, clientRequestToken: token };
  const { isValid, reason } = await parts.issuerOf(functionArn).verify(subject, kept.credentialId ?? null);
  if (isValid) return;
  throw rotationError(
    "CREDENTIAL_REFUSED",
    `The issuer says that the new credential is not valid${reason ? `: ${reason}` : ""}.`,
  );
}
