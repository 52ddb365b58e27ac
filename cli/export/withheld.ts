import { suspectedCredentials } from "../../shared/contract/credentials/credential-detection.ts";
import { isRawNumber, parseExactly } from "../../shared/primitives/exact-json.ts";
import { redactedText } from "../../shared/primitives/redacted.ts";

type Path = readonly (string | number)[];
type Container = Record<string | number, unknown>;

/** A copy in which every text that may be a credential is withheld; what is redacted already prints so. */
export function withoutCredentials(value: unknown): unknown {
  const shown: Container = { value: copyOf(value) };
  // What is withheld is empty here: an empty value is no credential, so that each round finds others, or none.
  const left: Container = { value: emptied(copyOf(value)) };
  for (;;) {
    const found = suspectedCredentials(left.value);
    if (found.length === 0) return shown.value;
    for (const { path } of found) {
      const place = deepest(left, ["value", ...path]);
      replace(shown, place, redactedText);
      replace(left, place, "");
    }
  }
}

/** Puts another text in the place of a credential. False where the path does not lead to one, or it is there already. */
export function withheldAt(root: Record<string, unknown>, path: Path, text: string): boolean {
  const place = deepest(root, path);
  if (place.length === 0) return false;
  return replace(root, place, text);
}

/** As JSON shows it, with its numbers as they are. */
function copyOf(value: unknown): unknown {
  return parseExactly(JSON.stringify(value ?? null))?.value;
}

/** What is redacted already is empty. */
function emptied(value: unknown): unknown {
  if (value === redactedText) return "";
  if (Array.isArray(value)) return value.map(emptied);
  if (typeof value !== "object" || value === null || isRawNumber(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, emptied(field)]));
}

/** As far as a path leads: it may go on in a text, or through a name that is not shown; then all around it is withheld. */
function deepest(root: Container, path: Path): Path {
  let at: unknown = root;
  let length = 0;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) break;
    at = (at as Container)[name];
    length += 1;
  }
  return path.slice(0, length);
}

function replace(root: Container, path: Path, value: string): boolean {
  let at: unknown = root;
  for (const name of path.slice(0, -1)) {
    if (typeof at !== "object" || at === null) return false;
    at = (at as Container)[name];
  }
  const last = path.at(-1);
  if (typeof at !== "object" || at === null || last === undefined || (at as Container)[last] === value) return false;
  Object.defineProperty(at, last, { value, writable: true, enumerable: true, configurable: true });
  return true;
}
