import type { Issuer } from "../../../functions/rotate-credentials/issuer/issuer-contract.ts";
import type { CrmEndpoint } from "../../../infra/local/demo/crm-endpoint.ts";
import { Redacted } from "../../../shared/primitives/redacted.ts";

/** The ARN by which a secret's tag names {@link crmIssuer}. */
export const issuerArn = "arn:aws:lambda:eu-central-1:000000000000:function:issuer";

/** Whoever makes the CRM's client secrets, checks and revokes them: each version's is known by its id. */
export function crmIssuer(
  crm: Pick<CrmEndpoint, "issueClientSecret" | "revokeClientSecret">,
  onRevoked: (clientSecret: string) => void = () => {},
) {
  const issued = new Map<string, string>();
  const revoked = new Set<string>();
  const tokenOf = (credentialId: string | null, token: string) => credentialId?.replace(/^id-/, "") ?? token;
  const issuer: Issuer = {
    async create({ clientRequestToken }) {
      const secret = issued.get(clientRequestToken) ?? crm.issueClientSecret();
      issued.set(clientRequestToken, secret);
      return { credentialId: `id-${clientRequestToken}`, fields: new Redacted({ secret }) };
    },
    async verify({ clientRequestToken }, credentialId) {
      const secret = issued.get(tokenOf(credentialId, clientRequestToken));
      return { isValid: secret !== undefined && !revoked.has(secret) };
    },
    async revoke({ clientRequestToken }, credentialId) {
      const secret = issued.get(tokenOf(credentialId, clientRequestToken));
      if (secret === undefined) return;
      revoked.add(secret);
      crm.revokeClientSecret(secret);
      onRevoked(secret);
    },
  };
  return {
    ...issuer,
    /** Client secrets that are valid no more. */
    revoked: revoked as ReadonlySet<string>,
    /** Every client secret that it has made. */
    issued: () => [...issued.values()],
  };
}
