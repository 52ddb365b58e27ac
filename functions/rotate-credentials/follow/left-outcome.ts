import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { IssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import { type LostSecret, nameOf } from "../../../shared/secrets/secret-now.ts";

/** Who needs a credential of a lost secret still, in words: whoever makes it invalid first takes it from them. */
export interface LeftUse {
  /** Auth configs that have it, or may have it, as `accountId/name`. */
  authConfigs: readonly string[];
  /** What another secret has of it, and what ends that. */
  other: { has: string; ends: string } | undefined;
}

/** The outcome that tells of a credential whose secret is lost. @param since when that was found, ISO 8601 */
export function leftOutcome(
  secretArn: string,
  lost: LostSecret,
  { versionId, credentialId, isUnnamed, issuer }: IssuedCredential,
  { authConfigs, other }: LeftUse,
  since: string,
): OutcomeData {
  const name = nameOf(secretArn);
  const topic = `credential ${versionId}`;
  const made = isUnnamed ? "which a person put" : `made for the token ${versionId}`;
  const whose = credentialId === undefined ? made : `${credentialId} at its issuer`;
  const named = authConfigs.map((one) => `auth config ${one}`).join(" and ");
  const uses = [...(named === "" ? [] : [`${named} has it`]), ...(other ? [other.has] : [])];
  const used = uses.length === 0 ? "" : `, and ${uses.join(", and ")}`;
  const message = `it ${lost.reason}; the credential of its version ${versionId} (${whose}) may be valid still${used}: nobody revokes it`;
  const isBack = lost.kind === "UNTAGGED" && !isUnnamed;
  const back = isBack ? "put the tag back, and it is revoked by itself; or " : "";
  const ends = [...(named === "" ? [] : [`give ${named} another secret`]), ...(other ? [other.ends] : [])];
  const first = ends.length === 0 ? "see that nothing uses it any more," : `${ends.join(" and ")} first;`;
  const id = credentialId ?? null;
  const how = isUnnamed
    ? ""
    : `: invoke ${issuer} with action revoke, credentialId ${id} and clientRequestToken ${versionId}`;
  const hint = `${back}${first} then make it invalid at its issuer${how}`;
  return {
    status: "FAILED",
    summary: `Secret ${name}: ${message}; ${hint}. It is told once. See docs/runbook.md, secrets-with-problems.`,
    cause: { source: "/ringcx-automation/secrets", id: `${secretArn}/${topic}/${since}/left`, type: "ringcx.secret" },
    problems: [{ path: name, message, hint }],
    details: { topic, kind: "NOT_REVOKED", secret: name, secretArn, since },
  };
}
