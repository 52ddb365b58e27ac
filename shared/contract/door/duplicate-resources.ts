import { normalName } from "../../primitives/same-name.ts";
import type { Problem } from "../outcome.ts";

/** The fields that name a resource of each kind. A map: a `kind` such as `constructor` is not found in it. */
const naturalKeys: ReadonlyMap<unknown, readonly string[]> = new Map([
  ["httpServiceGroup", ["groupName"]],
  ["authConfig", ["providerName"]],
  ["httpService", ["groupName", "serviceDescription"]],
]);

/**
 * Resources of one kind with one natural key, however they spell it (see {@link normalName}): which of them was meant
 * cannot be told. Whatever it is given.
 */
export function duplicateResources(resources: unknown): Problem[] {
  if (!Array.isArray(resources)) return [];
  const seen = new Map<string, { index: number; names: readonly string[] }>();
  return resources.flatMap((resource: unknown, index): Problem[] => {
    if (typeof resource !== "object" || resource === null) return [];
    const { kind, ...fields } = resource as Record<string, unknown>;
    const names = naturalKeys.get(kind)?.map((field) => fields[field]);
    if (!names?.every((name) => typeof name === "string")) return [];
    const key = JSON.stringify([kind, ...names.map(normalName)]);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, { index, names });
      return [];
    }
    const path = `data.resources[${index}]`;
    const message = `declares the same ${kind} as data.resources[${first.index}]${spellings(first.names, names)}`;
    return [{ path, message, hint: "declare each resource once" }];
  });
}

/** Two spellings of one name, in words. What looks alike is written out: it differs in how Unicode writes it. */
function spellings(first: readonly string[], second: readonly string[]): string {
  const [one, other] = [first, second].map((names) => JSON.stringify(names.join("/")));
  if (one === undefined || other === undefined || one === other) return "";
  const written = (text: string) =>
    one.normalize() === other.normalize() ? text.replace(/[^ -~]/gu, codePoint) : text;
  return `: ${written(one)} and ${written(other)} are one name`;
}

function codePoint(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
