import type { EndpointAnswers } from "../../../shared/proof/verify-at-endpoint.ts";
import { isProven } from "../../../shared/records/credential/applied-version.ts";
import { lastAppliedVersion } from "../../../shared/records/credential/auth-config-state.ts";
import type { CredentialHolder, IssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import { bindingKey } from "../../../shared/records/credential/secret-binding.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { BoundRecord } from "../record/credential-record.ts";
import { revocationTime } from "./overlap.ts";

/**
 * What RingCX was given for an auth config though no endpoint had accepted it, and none has since, or one refuses by now: whatever
 * else the secret had may be the last that works.
 *
 * @param answers what was said just now, by `bindingKey`
 */
export function findUnproven(
  secretArn: string,
  bound: readonly BoundRecord[],
  answers?: EndpointAnswers,
): CredentialHolder | undefined {
  for (const { binding, record } of bound) {
    const applied = lastAppliedVersion(record.state);
    if (!applied || record.secretArn !== secretArn || isProven(applied)) continue;
    const authConfig = bindingKey(binding);
    const held = { versionId: applied.versionId, isKnown: false, authConfig } as const;
    if (applied.proofAnswer === "REFUSED") return { ...held, why: "REFUSED" };
    const answer = answers?.get(authConfig);
    const because = answer?.kind === "NOT_PROVABLE" ? answer.reason : undefined;
    return { ...held, why: "UNPROVEN", ...(because !== undefined && { because }) };
  }
  return undefined;
}

/**
 * How long an endpoint that accepted what RingCX has, and cannot be asked again, holds back what is due, in milliseconds. A day is
 * longer than most outages, and brings a person by; without an end, an endpoint that has gone for good would keep old credentials alive.
 */
const silentHoldMs = 24 * 60 * 60_000;

/** What an endpoint accepted once, and could not be asked about just now. */
export function findSilent(
  secret: Pick<SecretDescription, "arn" | "tags">,
  due: IssuedCredential,
  { bound, answers }: { bound: readonly BoundRecord[]; answers: EndpointAnswers },
  now: number,
): CredentialHolder | undefined {
  if (now >= (revocationTime(secret, due) ?? now) + silentHoldMs) return undefined;
  for (const { binding, record } of bound) {
    const authConfig = bindingKey(binding);
    const applied = lastAppliedVersion(record.state);
    if (!applied || record.secretArn !== secret.arn || answers.get(authConfig)?.kind !== "COULD_NOT_BE_ASKED") continue;
    return { versionId: applied.versionId, isKnown: false, why: "SILENT", authConfig };
  }
  return undefined;
}
