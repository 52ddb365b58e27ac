import { suspectedCredentials } from "../../shared/contract/credentials/credential-detection.ts";
import { redactedText } from "../../shared/primitives/redacted.ts";

type Path = readonly (string | number)[];
type Container = Record<string | number, unknown>;

/** A copy in which every text that may be a credential is withheld; what is redacted already prints so. */
export function withoutCredentials(value: unknown): unknown {
  const text = JSON.stringify(value ?? null);
  const shown: Container = { value: JSON.parse(text) as unknown };
  // What is withheld is empty here: an empty value is no credential, so that each round finds others, or none.
  const left: Container = {
    value: JSON.parse(text, (_, one: unknown) => (one === redactedText ? "" : one)) as unknown,
  };
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

function replace(root: Container, path: Path, value: string): void {
  let at: unknown = root;
  for (const name of path.slice(0, -1)) {
    if (typeof at !== "object" || at === null) return;
    at = (at as Container)[name];
  }
  const last = path.at(-1);
  if (typeof at === "object" && at !== null && last !== undefined) (at as Container)[last] = value;
}
