import { suspectedCredentials } from "../../shared/contract/credentials/credential-detection.ts";
import { parseExactly } from "../../shared/primitives/exact-json.ts";
import { Redacted, redactedText } from "../../shared/primitives/redacted.ts";

/**
 * A copy in which every text that may be a credential is withheld; what is redacted already prints so. Of what is nested
 * too deep to be looked through, all is.
 */
export function withoutCredentials(value: unknown): unknown {
  try {
    const root = { value: copyOf(value) };
    for (;;) {
      const found = suspectedCredentials(root.value);
      if (found.length === 0) return copyOf(root.value);
      // It has nothing in it, so that each round finds others, or none.
      for (const { path } of found) replaceAt(root, ["value", ...path], new Redacted(null));
    }
  } catch (error) {
    if (error instanceof RangeError) return redactedText;
    throw error;
  }
}

/** As JSON shows it, with its numbers as they are. */
function copyOf(value: unknown): unknown {
  const copy = parseExactly(JSON.stringify(value ?? null));
  return copy === undefined ? redactedText : copy.value;
}

/**
 * Puts another value where a path leads, or as far as it does: it may go on in a text, or through a name that is not shown;
 * then all around it is replaced. False where it leads nowhere.
 */
export function replaceAt(around: unknown, [name, ...rest]: readonly (string | number)[], value: unknown): boolean {
  if (typeof around !== "object" || around === null || name === undefined || !Object.hasOwn(around, name)) return false;
  const fields = around as Record<string | number, unknown>;
  if (!replaceAt(fields[name], rest, value)) fields[name] = value;
  return true;
}
