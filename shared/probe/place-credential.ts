import type { Validation } from "../contract/fields/validation.ts";
import type { Credential } from "../secrets/credential.ts";
import type { BoundedRequest, SendRequest } from "./bounded-request.ts";
import { base64, type CredentialFailure, textField, untestable } from "./credential-text.ts";
import { fetchOAuthToken } from "./oauth-token.ts";
import { signJwt } from "./signed-jwt.ts";

/** Where a manifest declares the credential: a header or a query parameter. */
type Place = NonNullable<Validation["credential"]>;

/** What a credential needs to be made ready: an OAuth token is fetched, a JWT is signed with the time (epoch milliseconds). */
interface PlacingContext {
  sendRequest: SendRequest;
  now: number;
}

/**
 * Adds a credential to a request where the manifest declares it.
 *
 * @returns the request, or why it cannot be made
 */
export async function placeCredential(
  request: BoundedRequest,
  place: Place,
  credential: Credential,
  context: PlacingContext,
): Promise<BoundedRequest | CredentialFailure> {
  const value = await credentialText(credential, context);
  if (typeof value !== "string") return value;
  const text = `${place.prefix ?? defaultPrefix(place, credential)}${value}`;
  if (place.in === "HEADER") {
    if (/[\r\n]/.test(text)) return untestable("the credential holds a line break, which no header can carry");
    return { ...request, headers: { ...request.headers, [place.name]: text } };
  }
  const url = new URL(request.url);
  url.searchParams.set(place.name, text);
  return { ...request, url };
}

function defaultPrefix(place: Place, { authType }: Credential): string {
  if (place.in !== "HEADER" || place.name.toLowerCase() !== "authorization") return "";
  return { APIKEY: "", BASIC: "Basic ", OAUTH: "Bearer ", JWT: "Bearer ", CUSTOM_AUTH: "" }[authType];
}

/** What RingCX would send for this credential, without a prefix. */
async function credentialText(
  credential: Credential,
  { sendRequest, now }: PlacingContext,
): Promise<string | CredentialFailure> {
  switch (credential.authType) {
    case "APIKEY":
      return textField(credential, "apiKey");
    case "BASIC":
      return base64(`${textField(credential, "username")}:${textField(credential, "password")}`);
    case "OAUTH":
      return fetchOAuthToken(credential, sendRequest);
    case "JWT":
      return signJwt(credential, now);
    case "CUSTOM_AUTH":
      return untestable("CUSTOM_AUTH runs inside RingCX, its credential cannot be presented from here");
  }
}
