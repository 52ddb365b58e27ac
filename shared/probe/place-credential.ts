import { createHmac, createSign, constants as cryptoConstants } from "node:crypto";
import type { Validation } from "../contract/fields/validation.ts";
import type { Credential } from "../secrets/credential.ts";
import type { BoundedAnswer, BoundedRequest } from "./send-request.ts";

/** Why a credential could not be made ready: refused by whoever issues tokens, or not possible at all. */
export type PlacingFailure = { kind: "refused" | "forbidden" | "unreachable" | "unprovable"; because: string };

type Send = (request: BoundedRequest) => Promise<BoundedAnswer>;

/**
 * Adds a credential to a request where the manifest declares it. An OAuth token is fetched from `tokenUrl` under
 * the same rules as the probe itself; a JWT is signed here.
 *
 * @param now epoch milliseconds
 * @returns the request, or why it cannot be made
 */
export async function placeCredential(
  request: BoundedRequest,
  place: NonNullable<Validation["credential"]>,
  credential: Credential,
  tools: { send: Send; now: number },
): Promise<BoundedRequest | PlacingFailure> {
  const value = await presented(credential, tools);
  if (typeof value !== "string") return value;
  const text = `${place.prefix ?? defaultPrefix(place, credential)}${value}`;
  if (place.in === "HEADER") {
    if (/[\r\n]/.test(text)) return unprovable("the credential holds a line break, which no header can carry");
    return { ...request, headers: { ...request.headers, [place.name]: text } };
  }
  const url = new URL(request.url);
  url.searchParams.set(place.name, text);
  return { ...request, url };
}

function defaultPrefix(place: NonNullable<Validation["credential"]>, { authType }: Credential): string {
  if (place.in !== "HEADER" || place.name.toLowerCase() !== "authorization") return "";
  return { APIKEY: "", BASIC: "Basic ", OAUTH: "Bearer ", JWT: "Bearer ", CUSTOM_AUTH: "" }[authType];
}

async function presented(credential: Credential, tools: { send: Send; now: number }): Promise<string | PlacingFailure> {
  const field = (name: string) => textOf(credential, name);
  switch (credential.authType) {
    case "APIKEY":
      return field("apiKey");
    case "BASIC":
      return base64(`${field("username")}:${field("password")}`);
    case "OAUTH":
      return oauthToken(credential, tools.send);
    case "JWT":
      return signedJwt(credential, tools.now);
    case "CUSTOM_AUTH":
      return unprovable("CUSTOM_AUTH runs inside RingCX, its credential cannot be presented from here");
  }
}

const grants: Readonly<Record<string, string>> = {
  CLIENT_CREDENTIALS: "client_credentials",
  PASSWORD: "password",
  JWT_BEARER: "urn:ietf:params:oauth:grant-type:jwt-bearer",
};

// RFC 6749, 4.3, 4.4 and 2.3.1; RFC 7523, 2.1.
async function oauthToken(credential: Credential, send: Send): Promise<string | PlacingFailure> {
  const field = (name: string) => textOf(credential, name);
  const grant = grants[field("grantType")];
  // A refresh token may be good for one use, and RingCX needs it.
  if (grant === undefined)
    return unprovable(`the grant type ${field("grantType")} cannot be tried without using it up`);
  const url = URL.parse(field("tokenUrl"));
  if (!url) return unprovable("tokenUrl in the secret is not an absolute URL");
  const form = new URLSearchParams({ grant_type: grant });
  for (const name of ["scope", "username", "password", "assertion"])
    if (field(name) !== "") form.set(name, field(name));
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
  const answer = await send({ method: "POST", url, headers, body: form.toString() });
  if (answer.kind !== "answered") return { kind: answer.kind, because: `token endpoint: ${answer.because}` };
  const { status } = answer;
  if (status >= 500 || status === 429) {
    return { kind: "unreachable", because: `the token endpoint ${url.host} answered ${status}` };
  }
  const token = status >= 200 && status < 300 ? accessTokenIn(answer.text) : undefined;
  return token ?? { kind: "refused", because: `the token endpoint ${url.host} answered ${status} and no access token` };
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

function accessTokenIn(text: string): string | undefined {
  try {
    const token = (JSON.parse(text) as { access_token?: unknown } | null)?.access_token;
    return typeof token === "string" && token !== "" ? token : undefined;
  } catch {
    return undefined;
  }
}

// RFC 7518, 3.1: what `HS256` and its kind stand for.
function signedJwt(credential: Credential, now: number): string | PlacingFailure {
  const algorithm = textOf(credential, "algorithm");
  const [, family, bits] = /^(HS|RS|PS|ES)(256|384|512)$/.exec(algorithm) ?? [];
  if (family === undefined)
    return unprovable(`the algorithm ${algorithm} is not known (HS256, RS256, PS256, ES256, ...)`);
  const header = objectIn(textOf(credential, "jwtHeaders"));
  const payload = objectIn(textOf(credential, "payload"));
  if (!header || !payload) return unprovable("payload and jwtHeaders in the secret must be JSON objects, as text");
  const issuedAt = Math.floor(now / 1000);
  const expiresIn = credential.fields.expirationTime?.reveal();
  const claims = {
    ...payload,
    ...(credential.fields.isIncludeIssueAt?.reveal() === true && { iat: issuedAt }),
    ...(typeof expiresIn === "number" && { exp: issuedAt + expiresIn }),
  };
  const signed = [{ typ: "JWT", ...header, alg: algorithm }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  try {
    return `${signed}.${signature(credential, family, `sha${bits}`, signed)}`;
  } catch {
    return unprovable("the key in the secret cannot sign with its algorithm"); // the reason could quote the key
  }
}

function signature(credential: Credential, family: string, hash: string, signed: string): string {
  if (family === "HS") {
    const encoding = credential.fields.isSecretEncoded?.reveal() === true ? "base64" : "utf8";
    return createHmac(hash, Buffer.from(textOf(credential, "secret"), encoding))
      .update(signed)
      .digest("base64url");
  }
  const key = textOf(credential, "privateKey");
  const sign = createSign(hash).update(signed);
  if (family === "ES") return sign.sign({ key, dsaEncoding: "ieee-p1363" }, "base64url");
  if (family === "RS") return sign.sign(key, "base64url");
  const padding = cryptoConstants.RSA_PKCS1_PSS_PADDING;
  return sign.sign({ key, padding, saltLength: cryptoConstants.RSA_PSS_SALTLEN_DIGEST }, "base64url");
}

function objectIn(text: string): object | undefined {
  if (text === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf({ fields }: Credential, name: string): string {
  const value = fields[name]?.reveal();
  return typeof value === "string" ? value : "";
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function unprovable(because: string): PlacingFailure {
  return { kind: "unprovable", because };
}
