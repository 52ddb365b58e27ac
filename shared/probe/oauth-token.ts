import { parseJsonObject } from "../primitives/json.ts";
import type { Credential } from "../secrets/credential.ts";
import type { SendRequest } from "./bounded-request.ts";
import { base64, type CredentialFailure, textField, untestable } from "./credential-text.ts";

const grants: Readonly<Record<string, string>> = {
  CLIENT_CREDENTIALS: "client_credentials",
  PASSWORD: "password",
  JWT_BEARER: "urn:ietf:params:oauth:grant-type:jwt-bearer",
};

/**
 * Fetches an access token with an OAUTH credential from its `tokenUrl`.
 * Source: RFC 6749, 4.3, 4.4 and 2.3.1; RFC 7523, 2.1.
 *
 * @param sendRequest asks the token endpoint under the same rules as the probe asks its own
 * @returns the token, or why there is none
 */
export async function fetchOAuthToken(
  credential: Credential,
  sendRequest: SendRequest,
): Promise<string | CredentialFailure> {
  const field = (name: string) => textField(credential, name);
  const grant = grants[field("grantType")];
  // A refresh token may be good for one use, and RingCX needs it.
  if (grant === undefined) {
    return untestable(`the grant type ${field("grantType")} cannot be tried without using it up`);
  }
  const url = URL.parse(field("tokenUrl"));
  if (!url) return untestable("tokenUrl in the secret is not an absolute URL");
  const form = new URLSearchParams({ grant_type: grant });
  for (const name of ["scope", "username", "password", "assertion"]) {
    if (field(name) !== "") form.set(name, field(name));
  }
  for (const [name, value] of otherParameters(credential)) form.set(name, value);
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
  const client = { client_id: field("clientId"), client_secret: field("secret") };
  if (field("clientCredentialsSupplyIn") === "HEADER") {
    const pair = Object.values(client).map(encodeURIComponent).join(":");
    headers.authorization = `Basic ${base64(pair)}`;
  } else {
    const supplyIn = field("clientCredentialsSupplyIn") === "QUERY_PARAM" ? url.searchParams : form;
    for (const [name, value] of Object.entries(client)) supplyIn.set(name, value);
  }
  const answer = await sendRequest({ method: "POST", url, headers, body: form.toString() });
  if (answer.kind !== "ANSWERED") {
    const isUnanswered = answer.kind === "UNREACHABLE" && { isUnanswered: true as const };
    return { kind: answer.kind, because: `token endpoint: ${answer.because}`, ...isUnanswered };
  }
  const { status } = answer;
  if (status >= 500 || status === 429) {
    return { kind: "UNREACHABLE", because: `the token endpoint ${url.host} answered ${status}` };
  }
  const token = status >= 200 && status < 300 ? parseJsonObject(answer.text)?.access_token : undefined;
  if (typeof token === "string" && token !== "") return token;
  return { kind: "REFUSED", because: `the token endpoint ${url.host} answered ${status} and no access token` };
}

/** `[{ "name": ..., "value": ... }]` or `[{ "audience": ... }]`: RingCX does not document which. */
function otherParameters({ fields }: Credential): [string, string][] {
  const list = fields.otherParameters?.reveal();
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: Record<string, unknown>): [string, string][] =>
    typeof entry.name === "string" && "value" in entry
      ? [[entry.name, String(entry.value)]]
      : Object.entries(entry).map(([name, value]) => [name, String(value)]),
  );
}
