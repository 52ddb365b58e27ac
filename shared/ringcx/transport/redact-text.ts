/** Longest text of RingCX's that an error repeats, in characters. */
const longest = 500;

/** A piece of base64 that is shorter says too little of a secret, and stands in too many texts, in characters. */
const shortestPiece = 8;

/**
 * A text of RingCX's without the given secrets, which it may echo as they are or as JSON (within JSON, at any
 * depth: httpServiceConfig is), a URL, a form or base64 would hold them, also base64 of more than the secret (`user:password`);
 * cut to a readable length. All are searched for in one pass, so that no mask is masked again.
 */
export function redactText(text: string, secrets: readonly string[]): string {
  const forms = [...new Set(secrets)]
    .filter((secret) => secret !== "")
    // A secret that contains another one goes first, or the rest of it would stay.
    .sort((a, b) => b.length - a.length)
    .flatMap((secret) => [quotedAtAnyDepth(secret), percentEncoded(secret), ...base64Forms(secret)]);
  const clean = forms.length === 0 ? text : text.replaceAll(new RegExp(forms.join("|"), "g"), "[redacted]");
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}

/** Patterns of base64 and base64url: of the secret alone, and what of it is the same whatever stands around it. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const pieces = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const alone = `${eitherAlphabet(bytes.toString("base64").replaceAll("=", ""))}={0,2}`;
  return [alone, ...pieces.filter((piece) => piece.length >= shortestPiece).map(eitherAlphabet)];
}

function eitherAlphabet(base64: string): string {
  return base64.replaceAll("+", "[+-]").replaceAll("/", "[/_]");
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/**
 * A pattern of the secret in a URL or a form. Half a surrogate pair has no such form: U+FFFD stands in a URL for it, as it does
 * in base64.
 */
function percentEncoded(text: string): string {
  return literally(encodeURIComponent(text.toWellFormed())).replaceAll(/%[0-9A-F]{2}/g, (byte) =>
    byte === "%20" ? "(?:%20|\\+)" : `(?:${byte}|${byte.toLowerCase()})`,
  );
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
