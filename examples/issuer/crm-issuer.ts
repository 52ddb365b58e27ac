import type { IssuerRequest } from "../../functions/rotate-credentials/issuer/issuer-contract.ts";

/**
 * An issuer function (docs/rotation.md) for a system whose admin API keeps several client secrets per client:
 *
 *   POST   /clients/{clientId}/secrets   { "requestId" }  ->  { "secretId", "secret" }   the same for the same requestId
 *   GET    /clients/{clientId}/secrets/{secretId}         ->  { "isActive" }             404 when it is gone
 *   DELETE /clients/{clientId}/secrets/{secretId}         ->  204                        404 when it is gone
 *
 * Yours will look different; what must stay is that every action may come twice, and that nothing is logged.
 */
export interface CrmAdmin {
  /** For example `https://admin.crm.example.com`, without a path. */
  url: string;
  clientId: string;
  /** Reads the admin API's own token, for example from its own secret. Never keep it in the environment. */
  adminToken(): Promise<string>;
}

/** Makes the Lambda handler: `export const handler = crmIssuer({ ... })`. */
export function crmIssuer({ url, clientId, adminToken }: CrmAdmin) {
  async function call(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
    const response = await fetch(new URL(`/clients/${clientId}/secrets${path}`, url), {
      method,
      headers: { authorization: `Bearer ${await adminToken()}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (!response.ok && response.status !== 404) throw new Error(`The CRM answered ${response.status} to ${method}`);
    return { status: response.status, json: text === "" || !response.ok ? {} : JSON.parse(text) };
  }

  return async (request: IssuerRequest): Promise<unknown> => {
    switch (request.action) {
      case "create": {
        // The token makes it repeatable: the CRM answers the same secret for the same request.
        const { json } = await call("POST", "", { requestId: request.clientRequestToken });
        const { secretId, secret } = json as { secretId: string; secret: string };
        return { credentialId: secretId, fields: { secret } };
      }
      case "verify": {
        const { status, json } = await call("GET", `/${request.credentialId}`);
        const isValid = status === 200 && (json as { isActive: boolean }).isActive;
        return isValid ? { isValid } : { isValid, reason: status === 404 ? "it does not exist" : "it is not active" };
      }
      case "revoke": {
        // Without an id the answer to its creation was lost: asked again, the CRM says which one it is.
        const { json } =
          request.credentialId === null
            ? await call("POST", "", { requestId: request.clientRequestToken })
            : { json: {} };
        const credentialId = request.credentialId ?? (json as { secretId: string }).secretId;
        await call("DELETE", `/${credentialId}`);
        return {};
      }
    }
  };
}
