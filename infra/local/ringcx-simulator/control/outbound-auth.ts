import { createHmac } from "node:crypto";
import type { AuthConfigRecord, Fields } from "../records.ts";

/** A request to an external endpoint, to which a credential is added. */
export interface OutboundRequest {
  url: URL;
  headers: Headers;
}

/** Sends a request to a loopback endpoint and answers its status and text. */
export type Send = (
  url: URL,
  init: { method: string; headers: Headers; body?: string },
) => Promise<{ status: number; text: string }>;

/** A credential could not be obtained or placed. The message holds no secret. */
export class OutboundAuthError extends Error {
  override readonly name = "OutboundAuthError";
}

/**
 * Adds the stored credential to a request:
 * APIKEY in the header `x-api-key`; BASIC in `Authorization`; OAUTH as a bearer token that is fetched for each call,
 * so that a rotated credential is felt at once; JWT signed with HS256, HS384 or HS512, in a header or in the query.
 * Where a key goes is not documented; the header is the simulator's choice.
 *
 * @throws {OutboundAuthError} for a credential that cannot be used here (CUSTOM_AUTH runs inside RingCX)
 */
export async function addCredential(
  request: OutboundRequest,
  config: AuthConfigRecord,
  tools: { send: Send; now: () => number },
): Promise<void> {
  const { headers, url } = request;
  switch (config.authType) {
    case "APIKEY":
      headers.set("x-api-key", textOf(config.apiKey));
      return;
    case "BASIC":
      headers.set("authorization", basic(textOf(config.username), textOf(config.password)));
      return;
    case "OAUTH":
      headers.set("authorization", `Bearer ${await oauthToken(config, tools.send)}`);
      return;
    case "JWT": {
      const token = signedJwt(config, tools.now());
      if (config.addTokenTo === "QUERY_PARAM") url.searchParams.set(textOf(config.queryParamName) || "token", token);
      else headers.set("authorization", `${textOf(config.headerPrefix) || "Bearer"} ${token}`);
      return;
    }
    case "CUSTOM_AUTH":
      throw new OutboundAuthError("CUSTOM_AUTH runs inside RingCX and is not simulated");
  }
}

/** The value of an `Authorization` header. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

const grantTypes: Readonly<Record<string, string>> = {
  CLIENT_CREDENTIALS: "client_credentials",
  PASSWORD: "password",
  JWT_BEARER: "urn:ietf:params:oauth:grant-type:jwt-bearer",
};

async function oauthToken(config: AuthConfigRecord, send: Send): Promise<string> {
  const grantType = grantTypes[textOf(config.grantType)];
  if (grantType === undefined) throw new OutboundAuthError(`grantType ${config.grantType} is not simulated`);
  const url = new URL(textOf(config.tokenUrl));
  const headers = new Headers({ "content-type": "application/x-www-form-urlencoded" });
  const form = new URLSearchParams({ grant_type: grantType });
  for (const name of ["scope", "username", "password", "assertion"]) {
    if (typeof config[name] === "string") form.set(name, config[name]);
  }
  const client = { client_id: textOf(config.clientId), client_secret: textOf(config.secret) };
  if (config.clientCredentialsSupplyIn === "HEADER") {
    headers.set("authorization", basic(client.client_id, client.client_secret));
  } else {
    const place = config.clientCredentialsSupplyIn === "QUERY_PARAM" ? url.searchParams : form;
    for (const [name, value] of Object.entries(client)) place.set(name, value);
  }
  const { status, text } = await send(url, { method: "POST", headers, body: form.toString() });
  const token = status === 200 ? accessTokenIn(text) : undefined;
  if (token === undefined) throw new OutboundAuthError(`The token endpoint answered ${status} without an access token`);
  return token;
}

function signedJwt(config: AuthConfigRecord, now: number): string {
  const algorithm = textOf(config.algorithm);
  const hash = { HS256: "sha256", HS384: "sha384", HS512: "sha512" }[algorithm];
  if (hash === undefined) throw new OutboundAuthError(`algorithm ${algorithm} is not simulated, HS256 is`);
  const issuedAt = Math.floor(now / 1000);
  const header = { typ: "JWT", ...objectIn(config.jwtHeaders, "jwtHeaders"), alg: algorithm };
  const payload = {
    ...objectIn(config.payload, "payload"),
    ...(config.isIncludeIssueAt === true && { iat: issuedAt }),
    ...(typeof config.expirationTime === "number" && { exp: issuedAt + config.expirationTime }),
  };
  const key = Buffer.from(textOf(config.secret), config.isSecretEncoded === true ? "base64" : "utf8");
  const signed = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${signed}.${createHmac(hash, key).update(signed).digest("base64url")}`;
}

function accessTokenIn(text: string): string | undefined {
  try {
    const { access_token: token } = JSON.parse(text) as Fields;
    return typeof token === "string" ? token : undefined;
  } catch {
    return undefined;
  }
}

function objectIn(json: unknown, field: string): object {
  if (json === undefined || json === "") return {};
  try {
    return JSON.parse(String(json)) as object;
  } catch {
    throw new OutboundAuthError(`${field} of the auth config is not a JSON object`);
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
