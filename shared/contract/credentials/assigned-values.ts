import { looksRandom } from "../../primitives/looks-random.ts";
import type { NamedValue } from "../fields/named-values.ts";
import { isWithoutValue } from "../fields/placeholders.ts";
import { credentialName } from "./credential-names.ts";

/** Shortest value that stands out, in characters: shorter ones are words, numbers and versions. */
const shortest = 6;

/**
 * A name of up to three words, what assigns, and a value: `x-api-key: v`, `'password' => 'v'`, `API key = "v"`, `token:`
 * and the value in the next line, with a YAML block mark or an authorization scheme before it. Every repetition is
 * bounded, and a name begins where a word does.
 */
const assignment =
  /(?<![\p{L}\p{N}_.-])(["']?)([\p{L}\p{N}_.-]{1,60}(?: [\p{L}\p{N}_.-]{1,60}){0,2})\1\s{0,4}(=>|:=|:|=)(\s{0,8})(?:[|>][+-]?\s{1,8})?(?:(?:Bearer|Basic|Token|ApiKey|Api-Key|OAuth|Digest)\s{1,4})?(?:"([^"\n]{1,400})"|'([^'\n]{1,400})'|([^\s&;,"'<>]{1,4000}))/giu;

/**
 * Values that words assign to the name of a credential, in prose, YAML, headers and code. Prose also has "Token: see
 * the wiki" and "Password: required", so that only a value that stands out counts: at least six characters without a
 * blank, and not a word or several joined ones, a number with its unit, date or version, a UUID of a session, a URL, an
 * address of mail, a path or ARN (of a secret in Secrets Manager), a mask, or the name of a credential. A password that is
 * an ordinary word is therefore not found here, unless name and value both stand in quotes.
 */
export function assignedValuesIn(text: string): NamedValue[] {
  return [...text.matchAll(assignment)].flatMap((match): NamedValue[] => {
    const [whole, quote = "", name = "", sign = "", blank = "", double, single, bare = ""] = match;
    if (credentialName(name) === undefined) return [];
    const isQuoted = double !== undefined || single !== undefined;
    // `urn:GetToken`, `12:30`: without a blank only a field of a line is one.
    if (sign === ":" && blank === "" && !isQuoted && quote === "" && !beginsLine(text, match.index)) return [];
    const value = double ?? single ?? (isWithoutValue(bare) ? bare : trimmed(bare));
    const isField = isQuoted && quote !== "";
    const counts = isField || (standsOut(value) && !(/s$/i.test(name) && /^[\d.,_]+$/.test(value)));
    return counts && whole !== "" ? [{ name, value, what: "the value of" }] : [];
  });
}

function beginsLine(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 20), at);
  return /(?:^|[\n{(,;"'])[\s-]*$/.test(before);
}

/** Without what ends a sentence or bracket around it. */
function trimmed(bare: string): string {
  return bare.slice(-20).match(/^[.!?)\]}]+$/) ? bare : bare.replace(/[.!?)\]}]{1,10}$/, "");
}

/** Names that end with a digit and are words all the same. */
const termsWithDigits =
  /^(?:o?auth-?\d|saml-?\d|[a-z]{2}(?:256|384|512)|sha-?\d{1,3}|md5|utf-?\d{1,2}|base-?\d{2}|v?\d{1,4})$/i;
const saidInCapitals =
  /^(?:required|optional|unknown|redacted|masked|hidden|disabled|enabled|secret|private|confidential|undefined|placeholder|changeme)$/i;

const harmless: readonly ((value: string) => boolean)[] = [
  (value) => value.includes("://") || /^arn:/.test(value),
  (value) => /^[\w.+-]+@[\w-]+(?:\.[a-z]{2,})+$/.test(value),
  (value) => /^\d{4}-\d{2}-\d{2}/.test(value),
  (value) => /^v?\d{1,6}(?:\.\d{1,6})+$/.test(value),
  (value) => /^\d{1,6}-?[a-z]+(?:-[a-z]+)*$/.test(value),
  (value) => /^[*x.•_-]+$/i.test(value) || /^[<[(].*[>\])]?$/.test(value) || saidInCapitals.test(value),
  // A path, as of a secret's name or in an answer; a variable; the name of where it stands.
  (value) => value.includes("/") && /^[\w./-]+$/.test(value) && !value.split("/").some(looksRandom),
  (value) => /^\$\.?[\w.[\]]+$/.test(value),
  (value) => /^[\w.-]+$/.test(value) && credentialName(value) === "always" && !looksRandom(value),
  isMadeOfWords,
];

function standsOut(value: string): boolean {
  return value.length >= shortest && !/\s/.test(value) && !harmless.some((isSo) => isSo(value));
}

/** `rotated`, `see-wiki`, `Ada's`, `accessToken`, `OAuth2.0`; not `CANARY`, and no letters that are a key. */
function isMadeOfWords(value: string): boolean {
  if (looksRandom(value)) return false;
  const parts = value.split(/[\s'’._/:!?…-]+/).filter((part) => part !== "");
  const isWord = (part: string) => /^\p{L}*\p{Ll}\p{L}*$/u.test(part) || termsWithDigits.test(part);
  return parts.some((part) => /\p{L}/u.test(part)) && (termsWithDigits.test(value) || parts.every(isWord));
}
