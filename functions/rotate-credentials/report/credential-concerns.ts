import type { ApplyFailure, CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import type { Concern } from "../../../shared/records/credential/rotation-report.ts";
import { isInDoubt } from "../../../shared/records/credential/versions-in-ringcx.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { durationMs, secretTags } from "../../../shared/secrets/secret-tags.ts";
import { credentialAgeMs } from "../record/credential-state.ts";

/**
 * What is wrong with an auth config's credential: older than its secret allows, not known to be what it should
 * be, or not accepted.
 *
 * @param now epoch milliseconds
 * @param isCurrentRevoked the credential that the secret calls current was revoked at its issuer: no auth config can have
 *   what it should
 */
export function credentialConcerns(
  { tags, createdAt }: Pick<SecretDescription, "tags" | "createdAt">,
  record: CredentialRecord,
  { now, isCurrentRevoked }: { now: number; isCurrentRevoked: boolean },
): Concern[] {
  const withinMs = durationMs(tags[secretTags.rotateWithin]);
  // A credential that never reached RingCX is as old as its secret.
  const age = credentialAgeMs([record], now) ?? (createdAt === undefined ? 0 : now - createdAt);
  return [
    ...(withinMs !== undefined && age > withinMs ? (["OVERDUE"] as const) : []),
    ...(isInDoubt(record) || isCurrentRevoked ? (["DIVERGED"] as const) : []),
    ...(record.failure === undefined ? [] : [failureConcern(record.failure)]),
  ];
}

/** A version that waits for its proof ends its waiting by itself, within the secret's `ringcx:prove-within`. */
export function failureConcern({ code }: ApplyFailure): Concern {
  return code === "PROOF_PENDING" ? "PROOF_PENDING" : "FAILING";
}
