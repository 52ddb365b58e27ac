/** Longest text of RingCX's that an error repeats, in characters. */
const longest = 500;

/**
 * A text of RingCX's without the given secrets, which it may echo as they are or as JSON (within JSON, at any
 * depth: httpServiceConfig is), a URL or base64 would hold them; cut to a readable length.
 */
export function redactText(text: string, secrets: readonly string[]): string {
  const clean = secrets
    .filter((secret) => secret !== "")
    // A secret that contains another one goes first, or the rest of it would stay.
    .sort((a, b) => b.length - a.length)
    .flatMap((secret) => [quotedAtAnyDepth(secret), percentEncoded(secret), Buffer.from(secret).toString("base64")])
    .reduce<string>((redacted, form) => redacted.replaceAll(form, "[redacted]"), text);
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}

/** Matches the text with any number of escaping backslashes before its characters, or a character's `\u` form. */
function quotedAtAnyDepth(secret: string): RegExp {
  // A run of backslashes swallows those of the character after it: two quantifiers in a row would backtrack.
  const parts = secret.match(/\\+[^\\]?|[^\\]/gsu) ?? [];
  return new RegExp(
    parts.map((part) => (part.startsWith("\\") ? `\\\\+${oneOf(part)}` : `\\\\*${oneOf(part)}`)).join(""),
    "g",
  );
}

function oneOf(part: string): string {
  const character = part.replace(/^\\+/, "");
  if (character === "") return "";
  const short = { "\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f" }[character];
  const units = character.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
  const long = units.map((hex) => `u(?:${hex}|${hex.toUpperCase()})`).join("\\\\*");
  const literal = character.replaceAll(/[\^$.*+?()[\]{}|]/g, "\\$&");
  return `(?:${[literal, short, long].filter(Boolean).join("|")})`;
}

function percentEncoded(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    return secret; // half a surrogate pair has no such form
  }
}
