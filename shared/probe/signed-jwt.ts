import { createHmac, createSign, constants as cryptoConstants } from "node:crypto";
import { parseJsonObject } from "../primitives/json.ts";
import { type CredentialFailure, type OpenCredential, textField, untestable } from "./credential-text.ts";

/**
 * Signs the token of a JWT credential as RingCX does: `payload` and `jwtHeaders` of the secret, with the times that the
 * secret asks for. Source: RFC 7518, 3.1, for what `HS256` and its kind stand for.
 *
 * Node's own crypto and not a library, whose checks would refuse keys that RingCX accepts, such as RSA keys below 2,048 bits.
 *
 * @param now epoch milliseconds
 * @returns the token, or why there is none
 */
export function signJwt(credential: OpenCredential, now: number): string | CredentialFailure {
  const algorithm = textField(credential, "algorithm");
  const [, family, bits] = /^(HS|RS|PS|ES)(256|384|512)$/.exec(algorithm) ?? [];
  if (family === undefined) {
    return untestable(`the algorithm ${algorithm} is not known (HS256, RS256, PS256, ES256, ...)`);
  }
  const header = objectField(credential, "jwtHeaders");
  const payload = objectField(credential, "payload");
  if (!header || !payload) return untestable("payload and jwtHeaders in the secret must be JSON objects, as text");
  const issuedAt = Math.floor(now / 1000);
  const expiresIn = credential.fields.expirationTime;
  const claims = {
    ...payload,
    ...(credential.fields.isIncludeIssueAt === true && { iat: issuedAt }),
    ...(typeof expiresIn === "number" && { exp: issuedAt + expiresIn }),
  };
  const signed = [{ typ: "JWT", ...header, alg: algorithm }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  try {
    return `${signed}.${signature(credential, family, `sha${bits}`, signed)}`;
  } catch {
    return untestable("the key in the secret cannot sign with its algorithm"); // the reason could quote the key
  }
}

function signature(credential: OpenCredential, family: string, hash: string, signed: string): string {
  if (family === "HS") {
    const encoding = credential.fields.isSecretEncoded === true ? "base64" : "utf8";
    return createHmac(hash, Buffer.from(textField(credential, "secret"), encoding))
      .update(signed)
      .digest("base64url");
  }
  const key = textField(credential, "privateKey");
  const sign = createSign(hash).update(signed);
  if (family === "ES") return sign.sign({ key, dsaEncoding: "ieee-p1363" }, "base64url");
  if (family === "RS") return sign.sign(key, "base64url");
  const padding = cryptoConstants.RSA_PKCS1_PSS_PADDING;
  return sign.sign({ key, padding, saltLength: cryptoConstants.RSA_PSS_SALTLEN_DIGEST }, "base64url");
}

/** A text field that holds a JSON object; an empty one holds an empty object. */
function objectField(credential: OpenCredential, name: string): object | undefined {
  const text = textField(credential, name);
  return text === "" ? {} : parseJsonObject(text);
}
