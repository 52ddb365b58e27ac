import { suspectedCredentials } from "../../shared/contract/credentials/credential-detection.ts";
import { redactedText } from "../../shared/primitives/redacted.ts";

type Path = readonly (string | number)[];
type Container = Record<string | number, unknown>;

/** Finding is bounded, and what is withheld may have stood beside more. */
const mostRounds = 100;

/** A copy in which every text that may be a credential is withheld; what is redacted already prints so. */
export function withoutCredentials(value: unknown): unknown {
  const root: Container = { value: JSON.parse(JSON.stringify(value ?? null)) as unknown };
  for (let round = 0; round < mostRounds; round += 1) {
    const found = suspectedCredentials(root.value).filter(({ path }) => !isWithheld(root, ["value", ...path]));
    if (found.length === 0) return root.value;
    for (const { path } of found) withhold(root, ["value", ...path]);
  }
  return redactedText;
}

/** Withholds what is at a path; where it leads into a text, or a name of it is not shown, all that is around it. */
function withhold(root: Container, path: Path): void {
  const place = deepest(root, path);
  if (place) place.at[place.name] = redactedText;
}

function isWithheld(root: Container, path: Path): boolean {
  const place = deepest(root, path);
  return place !== undefined && place.at[place.name] === redactedText;
}

function deepest(root: Container, path: Path): { at: Container; name: string | number } | undefined {
  let found: { at: Container; name: string | number } | undefined;
  let at: unknown = root;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) break;
    found = { at: at as Container, name };
    at = (at as Container)[name];
  }
  return found;
}
