import type { Issuer } from "../../../functions/rotate-credentials/issuer/issuer-contract.ts";
import { Redacted } from "../../../shared/primitives/redacted.ts";
import { credentials } from "./credentials.ts";

/** An issuer that keeps what it has made: the field of the type holds `issued-<id>`, known under `id-<token>`. */
export function fakeIssuer() {
  const valid = new Map<string, string>();
  const calls: { action: string; credentialId: string | null }[] = [];
  const script: { fail: string | undefined; verdict: { isValid: boolean; reason?: string } | undefined } = {
    fail: undefined,
    verdict: undefined,
  };
  const note = (action: string, credentialId: string | null) => {
    calls.push({ action, credentialId });
    if (script.fail === action) throw new Error("the issuer is down: issued-leak");
  };
  const issuer: Issuer & { valid: typeof valid; calls: typeof calls; script: typeof script } = {
    valid,
    calls,
    script,
    async create({ clientRequestToken, authType }, current) {
      note("create", current);
      const credentialId = `id-${clientRequestToken}`;
      valid.set(credentialId, clientRequestToken);
      const { value, shown } = credentials[authType as keyof typeof credentials];
      return { credentialId, fields: new Redacted({ [shown]: value(`issued-${clientRequestToken}`)[shown] }) };
    },
    async verify(_subject, credentialId) {
      note("verify", credentialId);
      return script.verdict ?? { isValid: valid.has(credentialId ?? "") };
    },
    async revoke({ clientRequestToken }, credentialId) {
      note("revoke", credentialId);
      valid.delete(credentialId ?? `id-${clientRequestToken}`);
    },
  };
  return issuer;
}
