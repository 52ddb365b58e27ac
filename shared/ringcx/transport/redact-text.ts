/** Longest text of RingCX's that an error repeats, in characters. */
const longest = 500;

/**
 * A text of RingCX's without the given secrets, which it may echo as they are or as JSON (within JSON, at any
 * depth: httpServiceConfig is), a URL or base64 would hold them; cut to a readable length. All are searched for in one
 * pass, so that no mask is masked again.
 */
export function redactText(text: string, secrets: readonly string[]): string {
  const forms = [...new Set(secrets)]
    .filter((secret) => secret !== "")
    // A secret that contains another one goes first, or the rest of it would stay.
    .sort((a, b) => b.length - a.length)
    .flatMap((secret) => [quotedAtAnyDepth(secret), literally(percentEncoded(secret)), literally(base64(secret))]);
  const clean = forms.length === 0 ? text : text.replaceAll(new RegExp(forms.join("|"), "g"), "[redacted]");
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** Half a surrogate pair has no such form: U+FFFD stands in a URL for it, as it does in base64. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** A pattern of the text with any number of escaping backslashes before its characters, or a character's `\u` form. */
function quotedAtAnyDepth(secret: string): string {
  // A match begins with a whole run or none of it: from each backslash of a run, the search would read the rest of it
  // again, in quadratic time.
  const run = "(?<!\\\\)\\\\+";
  return secret.replaceAll(/\\+|[^\\]/gsu, (part) => (part.startsWith("\\") ? run : `(?:${run})?${oneOf(part)}`));
}

function oneOf(character: string): string {
  const short = { "\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f" }[character];
  const units = character.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
  const long = units.map((hex) => `u(?:${hex}|${hex.toUpperCase()})`).join("\\\\*");
  return `(?:${[literally(character), short, long].filter(Boolean).join("|")})`;
}
