import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { Proof } from "../../../shared/records/credential/verification.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/resources/errors.ts";
import { type Credential, parseCredential, readSecret } from "../../../shared/secrets/credential.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { Held } from "../record/leased-record.ts";
import { accountOf, putCredential, readBound } from "../write/write-credential.ts";
import { advance, type NativeParts, type RotationContext, rotating, rotationError } from "./rotation-context.ts";

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
  const proofs = new Map<Held, Proof>();
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

/** A new credential may need a moment until every server of an endpoint knows it. */
const askTimes = 3;
const askAgainMs = 2_000;

/**
 * Asks the endpoints. Unlike a version that is already the current one, a candidate has time: what cannot be asked
 * is not put in.
 */
export async function proveCandidate(
  parts: NativeParts,
  { secret }: RotationContext,
  { binding }: Held,
  credential: Credential,
): Promise<Proof> {
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
