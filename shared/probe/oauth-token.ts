import { parseJsonObject } from "../primitives/json.ts";
import type { BoundedAnswer, BoundedRequest, SendRequest } from "./bounded-request.ts";
import {
  base64,
  type CredentialFailure,
  type OpenCredential,
  textField,
  untestable,
  untestableByNature,
} from "./credential-text.ts";

const grants: Readonly<Record<string, string>> = {
  CLIENT_CREDENTIALS: "client_credentials",
  PASSWORD: "password",
  JWT_BEARER: "urn:ietf:params:oauth:grant-type:jwt-bearer",
};

/** OAuth errors that say that the client or its credential is not accepted. Source: RFC 6749, 5.2. */
const refusals: ReadonlySet<unknown> = new Set([
  "invalid_client",
  "invalid_grant",
  "unauthorized_client",
  "access_denied",
]);

/**
 * Fetches an access token with an OAUTH credential from its `tokenUrl`. A client that authenticates in a header is sent
 * form-encoded, as RFC 6749, 2.3.1 asks, and, where that is refused, as it is, as many servers expect it.
 * Source: RFC 6749, 4.3, 4.4 and 2.3.1; RFC 7523, 2.1.
 *
 * @param sendRequest asks the token endpoint under the same rules as the probe asks its own
 * @returns the token, or why there is none
 */
export async function fetchOAuthToken(
  credential: OpenCredential,
  sendRequest: SendRequest,
): Promise<string | CredentialFailure> {
  const grant = grants[textField(credential, "grantType")];
  // A refresh token may be good for one use, and RingCX needs it.
  if (grant === undefined) {
    return untestableByNature(
      `the grant type ${textField(credential, "grantType")} cannot be tried without using it up`,
    );
  }
  const url = URL.parse(textField(credential, "tokenUrl"));
  if (!url) return untestable("tokenUrl in the secret is not an absolute URL");
  const client = [textField(credential, "clientId"), textField(credential, "secret")];
  if (textField(credential, "clientCredentialsSupplyIn") !== "HEADER") {
    return tokenIn(await sendRequest(tokenRequest(credential, { grant, url })), url.host);
  }
  const [encoded = "", plain = ""] = [client.map(formEncoded), client].map((pair) => `Basic ${base64(pair.join(":"))}`);
  const first = tokenIn(await sendRequest(tokenRequest(credential, { grant, url, authorization: encoded })), url.host);
  if (typeof first === "string" || first.kind !== "REFUSED" || plain === encoded) return first;
  return tokenIn(await sendRequest(tokenRequest(credential, { grant, url, authorization: plain })), url.host);
}

/** @param authorization of the client; without it the client is named in the form or the query */
function tokenRequest(
  credential: OpenCredential,
  { grant, url, authorization }: { grant: string; url: URL; authorization?: string },
): BoundedRequest {
  const field = (name: string) => textField(credential, name);
  const target = new URL(url);
  const form = new URLSearchParams({ grant_type: grant });
  for (const name of ["scope", "username", "password", "assertion"]) {
    if (field(name) !== "") form.set(name, field(name));
  }
  for (const [name, value] of otherParameters(credential)) form.set(name, value);
  if (authorization === undefined) {
    const supplyIn = field("clientCredentialsSupplyIn") === "QUERY_PARAM" ? target.searchParams : form;
    supplyIn.set("client_id", field("clientId"));
    supplyIn.set("client_secret", field("secret"));
  }
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    ...(authorization !== undefined && { authorization }),
  };
  return { method: "POST", url: target, headers, body: form.toString() };
}

/** As the value of a form's field: a blank is a plus sign. */
function formEncoded(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}

/** Only what says so is a refusal: any other answer says nothing about the credential. */
function tokenIn(answer: BoundedAnswer, host: string): string | CredentialFailure {
  if (answer.kind !== "ANSWERED") {
    const isUnanswered = answer.kind === "UNREACHABLE" && { isUnanswered: true as const };
    return { kind: answer.kind, because: `token endpoint: ${answer.because}`, ...isUnanswered };
  }
  const { status, text } = answer;
  const body = parseJsonObject(text);
  const isGood = status >= 200 && status < 300;
  if (isGood && typeof body?.access_token === "string" && body.access_token !== "") return body.access_token;
  const isKnownError = refusals.has(body?.error);
  // One that is not known may be anything, a value too.
  const error = isKnownError ? `, with the OAuth error ${String(body?.error)}` : "";
  const because = `the token endpoint ${host} answered ${status}${isGood ? " and no access token" : ""}${error}`;
  // RFC 6749, 5.2: 400, or 401 for the client; some servers answer an error with 200.
  if (isKnownError || status === 401 || status === 403) return { kind: "REFUSED", because };
  const isTemporary = status >= 500 || [408, 425, 429].includes(status);
  return { kind: isTemporary ? "UNREACHABLE" : "DIFFERENT", because };
}

/** `[{ "name": ..., "value": ... }]` or `[{ "audience": ... }]`: RingCX does not document which. */
function otherParameters({ fields }: OpenCredential): [string, string][] {
  const list = fields.otherParameters;
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: Record<string, unknown>): [string, string][] =>
    typeof entry.name === "string" && "value" in entry
      ? [[entry.name, String(entry.value)]]
      : Object.entries(entry).map(([name, value]) => [name, String(value)]),
  );
}
