/** Longest text of RingCX's that an error repeats, in characters. */
const longest = 500;

/**
 * A text of RingCX's without the given secrets, which it may echo as they are or as a JSON string, a URL or
 * base64 would hold them; cut to a readable length.
 */
export function scrub(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret !== "")
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      percentEncoded(secret),
      Buffer.from(secret).toString("base64"),
    ])
    // A secret that contains another one goes first, or the rest of it would stay.
    .sort((a, b) => b.length - a.length);
  const clean = forms.reduce((scrubbed, form) => scrubbed.replaceAll(form, "[redacted]"), text);
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}

function percentEncoded(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    return secret; // half a surrogate pair has no such form
  }
}
