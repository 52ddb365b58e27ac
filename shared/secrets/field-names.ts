import { distance } from "fastest-levenshtein";
import { credentialShape } from "../contract/credentials/credential-shapes.ts";
import { looksRandom } from "../primitives/looks-random.ts";
import { wordsOf } from "../primitives/name-words.ts";

/** Longest name that is shown, in characters. */
const longest = 40;

/**
 * A field of a secret's JSON, in words for an error: `the field "clientId"`, or, where the name may be the secret itself
 * (it was stored the wrong way round, `{"<api key>": ""}`), `a field whose name is not shown (32 characters)`.
 *
 * Shown is a name that is, but for a slip, one of those known, and one that consists of words: letters, joined by `_`,
 * `-` or capitals, at most 40 characters. Passwords and keys nearly always have a digit or another character in them, so
 * a name with one is shown only if a known one is near. Where the value is empty, or is itself the name of a known
 * field, the name takes the value's place: it is shown only if it is a known one.
 *
 * @param value what stands under the name; it is never shown
 * @param known the fields that the secret may have
 */
export function fieldInWords(name: string, value: unknown, known: readonly string[]): string {
  const canBeShown = isSame(name, known) || (!isReversed(value, known) && (isNear(name, known) || isMadeOfWords(name)));
  return canBeShown
    ? `the field ${JSON.stringify(name)}`
    : `a field whose name is not shown (${[...name].length} characters)`;
}

function isReversed(value: unknown, known: readonly string[]): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === "string" && (value.trim() === "" || isNear(value, known));
}

/** `client_secret` and `ClientSecret` are `clientSecret`. */
function isSame(name: string, known: readonly string[]): boolean {
  return leastSlips(name, known) === 0;
}

function isNear(name: string, known: readonly string[]): boolean {
  return leastSlips(name, known) <= 2;
}

/** How many letters differ from the nearest known name, of those that differ in no more than every third. */
function leastSlips(name: string, known: readonly string[]): number {
  // "passw0rd", "p@ssword" and "ada:password" are near a known name, and are what people take for passwords.
  if (!/^[A-Za-z]+(?:[ ._-][A-Za-z]+)*\d?$/.test(name)) return Number.POSITIVE_INFINITY;
  const plain = wordsOf(name).join("");
  const slips = known.map((one) => ({ count: distance(plain, wordsOf(one).join("")), most: one.length / 3 }));
  return Math.min(...slips.filter(({ count, most }) => count <= most).map(({ count }) => count));
}

/** Spellings of names; whoever joins words by `_` or `-` does not join others by capitals. */
const spelling = /^(?:[A-Za-z]+|(?:[a-z]+_)+[a-z]+|(?:[A-Z]+_)+[A-Z]+|(?:[A-Z]?[a-z]+-)+[A-Z]?[a-z]+)$/;

function isMadeOfWords(name: string): boolean {
  if (name.length > longest || !spelling.test(name)) return false;
  const words = wordsOf(name);
  const isPlain = words.length === 1 || name.length / words.length >= 3;
  return isPlain && !looksRandom(name) && credentialShape(name) === undefined;
}
