import type { Validation } from "../contract/fields/validation.ts";
import type { Destination } from "../primitives/confined.ts";
import type { AuthType } from "../ringcx/resources/auth-config.ts";
import type { Credential } from "../secrets/credential.ts";
import type { BoundedRequest, SendRequest } from "./bounded-request.ts";
import {
  base64,
  type CredentialFailure,
  type OpenCredential,
  textField,
  untestable,
  untestableByNature,
} from "./credential-text.ts";
import { fetchOAuthToken } from "./oauth-token.ts";
import { signJwt } from "./signed-jwt.ts";

/** Where a manifest declares the credential: a header or a query parameter. */
type Place = NonNullable<Validation["credential"]>;

/** What a credential needs to be made ready: an OAuth token is fetched, a JWT is signed with the time (epoch milliseconds). */
interface PlacingContext {
  sendRequest: SendRequest;
  now: number;
}

/** A credential on its way to the endpoint of a service: whose service, and by whose login RingCX would call it. */
export interface PresentedCredential {
  credential: Credential;
  accountId: string;
  connection: string;
}

/**
 * Adds a credential to a request where the manifest declares it: the only place where one is opened for an endpoint.
 *
 * @returns the request, or why it cannot be made: the secret does not allow it (`FORBIDDEN`), among others
 */
export async function placeCredential(
  request: BoundedRequest,
  place: Place,
  presented: PresentedCredential,
  context: PlacingContext,
): Promise<BoundedRequest | CredentialFailure> {
  const { credential } = presented;
  const value = await credentialText(presented, request.url.href, context);
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

function defaultPrefix(place: Place, { authType }: { authType: AuthType }): string {
  if (place.in !== "HEADER" || place.name.toLowerCase() !== "authorization") return "";
  return { APIKEY: "", BASIC: "Basic ", OAUTH: "Bearer ", JWT: "Bearer ", CUSTOM_AUTH: "" }[authType];
}

/** What RingCX would send for this credential, without a prefix. */
async function credentialText(
  { credential, accountId, connection }: PresentedCredential,
  url: string,
  { sendRequest, now }: PlacingContext,
): Promise<string | CredentialFailure> {
  const atEndpoint = { connection, accountId, url };
  const because = whyNotPermitted(credential, atEndpoint, now);
  if (because !== undefined) return { kind: "FORBIDDEN", because: `the secret may not be sent there: ${because}` };
  switch (credential.authType) {
    case "APIKEY":
      return textField(opened(credential, atEndpoint, now), "apiKey");
    case "BASIC": {
      const open = opened(credential, atEndpoint, now);
      return base64(`${textField(open, "username")}:${textField(open, "password")}`);
    }
    case "OAUTH": {
      // The token goes to the endpoint, what it is got with only to whom the secret itself names.
      const tokenUrl = textField(opened(credential, atEndpoint, now), "tokenUrl");
      return fetchOAuthToken(opened(credential, { connection, accountId, tokenUrl }, now), sendRequest);
    }
    case "JWT":
      return signJwt(opened(credential, atEndpoint, now), now);
    case "CUSTOM_AUTH":
      return untestableByNature("CUSTOM_AUTH runs inside RingCX, its credential cannot be presented from here");
  }
}

function whyNotPermitted({ fields }: Credential, destination: Destination, now: number): string | undefined {
  return Object.values(fields)
    .map((field) => field.whyNotPermitted(destination, now))
    .find((because) => because !== undefined);
}

function opened({ authType, fields }: Credential, destination: Destination, now: number): OpenCredential {
  const entries = Object.entries(fields).map(([name, field]) => [name, field.reveal(destination, now)]);
  return { authType, fields: Object.fromEntries(entries) };
}
