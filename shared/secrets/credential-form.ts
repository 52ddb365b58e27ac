import { createPrivateKey, type KeyObject } from "node:crypto";
import { parseJson } from "../primitives/json.ts";
import type { AuthType } from "../ringcx/resources/auth-config.ts";

/** The fields of a credential whose types are right. */
type Fields = Readonly<Record<string, unknown>>;

const flags = ["isSecretEncoded", "isIncludeIssueAt"];
const numbers = ["expirationTime"];
const lists = ["otherParameters", "inputParams"];

/**
 * A secret as the console's key/value view stores it, where every value is a text: flags, numbers and lists become what
 * they say. What is not clear stays a text, for the schema to refuse.
 */
export function fromConsole(fields: Fields): Fields {
  const read = (name: string, field: unknown): unknown => {
    if (typeof field !== "string") return field;
    if (flags.includes(name) && /^(true|false)$/.test(field)) return field === "true";
    if (numbers.includes(name) && /^\d{1,9}$/.test(field)) return Number(field);
    if (!lists.includes(name)) return field;
    const list = parseJson(field)?.value;
    return Array.isArray(list) ? list : field;
  };
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, read(name, field)]));
}

/**
 * The fields with what is unambiguously a slip of copying put right: a PEM key whose line breaks became `\n` in two
 * characters, or blanks. Base64 knows neither.
 */
export function mended(fields: Fields): { fields: Fields; remarks: string[] } {
  const { privateKey } = fields;
  if (typeof privateKey !== "string") return { fields, remarks: [] };
  const pem = mendedPem(privateKey);
  if (pem === privateKey) return { fields, remarks: [] };
  return { fields: { ...fields, privateKey: pem }, remarks: ["privateKey: its line breaks were restored"] };
}

function mendedPem(text: string): string {
  const plain = text.replaceAll(/\\[rn]/g, "").trim();
  const [, label, body = ""] = /^-----BEGIN ([A-Z ]+)-----(.*)-----END \1-----$/s.exec(plain) ?? [];
  const base64 = body.replaceAll(/[ \t\r\n]/g, "");
  // What is no PEM has no body. A key under a passphrase has headers of its own; it cannot be used, and createPrivateKey says so.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return text;
  const pem = `-----BEGIN ${label}-----\n${base64.replaceAll(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;
  return pem.trim() === text.trim().replaceAll("\r\n", "\n") ? text : pem;
}

/** What is presented in a header or a form, and so must be visible characters without any at its ends. */
const presented: Readonly<Record<AuthType, readonly string[]>> = {
  APIKEY: ["apiKey"],
  BASIC: ["username", "password"],
  OAUTH: ["clientId", "secret", "tokenUrl", "scope", "username", "password", "assertion"],
  JWT: ["algorithm", "secret", "headerPrefix", "queryParamName"],
  CUSTOM_AUTH: [],
};

/**
 * What of a credential no endpoint could accept, in words that name the field and what to do, never the value:
 * characters that cannot be seen or sent, a colon in a user name of HTTP Basic (RFC 7617, 2), a key that does not parse or
 * does not fit its algorithm (RFC 7518, 3.1).
 */
export function formProblems(authType: AuthType, fields: Fields): string[] {
  const problems = presented[authType].flatMap((name) => {
    const value = fields[name];
    if (typeof value !== "string") return [];
    const problem = textProblem(value) ?? (name === "apiKey" ? headerProblem(value) : undefined);
    return problem ? [`${name}: ${problem}`] : [];
  });
  if (authType === "BASIC" && typeof fields.username === "string" && fields.username.includes(":")) {
    problems.push("username: has a colon, which separates user name and password in HTTP Basic; use another user");
  }
  if (authType === "OAUTH") problems.push(...grantProblems(fields));
  if (authType === "JWT") problems.push(...keyProblems(fields), ...tokenProblems(fields));
  return problems;
}

/** RFC 6749, 4.3.2, and RFC 7523, 2.1: what a grant cannot do without; and what is sent beside it in the form. */
function grantProblems({ grantType, otherParameters, ...fields }: Fields): string[] {
  const needed = { PASSWORD: ["username", "password"], JWT_BEARER: ["assertion"] }[String(grantType)] ?? [];
  const missing = needed.filter((name) => fields[name] === undefined || fields[name] === "");
  const others = (Array.isArray(otherParameters) ? otherParameters : []) as Fields[];
  return [
    ...missing.map((name) => `${name}: the grant ${String(grantType)} needs it, and it is missing: add it`),
    ...others.flatMap((one, index) =>
      Object.entries(one).flatMap(([name, value]) => {
        const problem = typeof value === "string" ? textProblem(value) : undefined;
        // Names that RingCX knows; another one may be a value in the wrong place.
        const shown = ["name", "value"].includes(name) ? `.${name}` : "";
        return problem === undefined ? [] : [`otherParameters[${index}]${shown}: ${problem}`];
      }),
    ),
  ];
}

/** What RingCX makes the token of, and where it puts it (RFC 7519, 3: claims and header are JSON objects). */
function tokenProblems(fields: Fields): string[] {
  const { addTokenTo, queryParamName, expirationTime, isSecretEncoded, secret } = fields;
  const objects = ["payload", "jwtHeaders"].flatMap((name) => {
    const text = fields[name];
    if (typeof text !== "string" || (name === "jwtHeaders" && text === "")) return [];
    const value = parseJson(text)?.value;
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject
      ? []
      : [`${name}: is no JSON object as text: write it between quotes, such as "{\\"sub\\": \\"...\\"}"`];
  });
  const isBase64 = typeof secret !== "string" || /^[A-Za-z0-9+/_-]+={0,2}$/.test(secret);
  return [
    ...objects,
    ...(addTokenTo === "QUERY_PARAM" && !queryParamName
      ? ["queryParamName: addTokenTo QUERY_PARAM needs it, and it is missing: add it"]
      : []),
    ...(typeof expirationTime === "number" && expirationTime <= 0
      ? ["expirationTime: is not above 0, so each token would be over when it is made"]
      : []),
    ...(isSecretEncoded === true && !isBase64
      ? ["secret: isSecretEncoded says that it is Base64, and it is not: encode it, or take isSecretEncoded out"]
      : []),
  ];
}

function textProblem(text: string): string | undefined {
  if (/[\r\n]$/.test(text)) return "ends with a line break, as files do: store it without";
  if (/^\s|\s$/.test(text)) return "begins or ends with a blank: store it without";
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) return "has a line break or another control character in it: copy it again";
  if (/[\p{Cf}\u00a0\u2000-\u200a\u202f\u205f\u3000]/u.test(text)) {
    return "has a character that cannot be seen (such as a zero-width or no-break blank): type it anew";
  }
  return undefined;
}

function headerProblem(text: string): string | undefined {
  const isAscii = /^[\x20-\x7e]*$/.test(text);
  return isAscii ? undefined : "has a character that is no letter, digit or sign of ASCII, which no header can carry";
}

/** RFC 7518, 3.4: the curve of each algorithm. */
const curves: Readonly<Record<string, string>> = { ES256: "prime256v1", ES384: "secp384r1", ES512: "secp521r1" };

function keyProblems({ algorithm, privateKey, secret }: Fields): string[] {
  const [, family] = /^(HS|RS|PS|ES)(?:256|384|512)$/.exec(String(algorithm)) ?? [];
  if (family === undefined) return []; // one that RingCX may know and we do not
  if (family === "HS")
    return secret ? [] : [`secret: ${String(algorithm)} signs with a shared secret, and there is none`];
  if (typeof privateKey !== "string")
    return [`privateKey: ${String(algorithm)} signs with a private key, and there is none`];
  const key = parsedKey(privateKey);
  if (!key) {
    return [
      "privateKey: is no private key in PEM without a passphrase (-----BEGIN PRIVATE KEY-----): copy the whole file",
    ];
  }
  const type = key.asymmetricKeyType;
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const fits =
    family === "ES" ? curve === curves[String(algorithm)] : type === "rsa" || (family === "PS" && type === "rsa-pss");
  return fits ? [] : [`privateKey: is a key of ${curve ?? type}, which does not sign ${String(algorithm)}`];
}

/** A private key in PEM, whatever its syntax; `undefined` where it is none, or under a passphrase. */
export function parsedKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined; // its reason could quote the key
  }
}

/** Why a text is not the JSON object that a secret is, by its place and kind, quoting nothing of it. */
export function notAnObject(text: string): string {
  const expected = 'expected a JSON object with RingCX\'s field names, such as {"apiKey": "..."}';
  if (text.trim() === "") return `it is empty: ${expected}`;
  if (text.startsWith("\uFEFF")) return "it begins with a byte order mark (U+FEFF): take it off";
  const parsed = parseJson(text);
  if (parsed) {
    const { value } = parsed;
    const kind = Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
    return `it is JSON, but ${kind}: ${expected}`;
  }
  if (!/^\s*[{[]/.test(text)) return `it is plain text, not JSON: ${expected}`;
  return `it is not a JSON object: it cannot be read at ${placeOfError(text)}`;
}

/** Where JSON cannot be read; the engine's own words quote the text, so only the figures are taken out of them. */
function placeOfError(text: string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    const words = String(error);
    const [, line, column] = /\(line (\d+) column (\d+)\)$/.exec(words) ?? [];
    if (line !== undefined) return `line ${line}, column ${column}`;
    // The engine tells no place of a value that it cannot read, only the characters around it.
    if (words.endsWith("is not valid JSON")) return "a value that is not JSON (a text stands between double quotes)";
  }
  return "its end";
}
