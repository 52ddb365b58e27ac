import { shownPath } from "../../shared/contract/door/read-json.ts";
import { isRawNumber } from "../../shared/primitives/exact-json.ts";
import { looksRandom } from "../../shared/primitives/looks-random.ts";

/**
 * That a record of RingCX's has fields which no manifest has, by their names: a value may be a credential. Empty ones say
 * nothing.
 *
 * @param known fields that are exported, or told otherwise
 */
export function otherFields(
  place: string,
  record: Readonly<Record<string, unknown>>,
  known: readonly string[],
): string[] {
  const others = Object.keys(record).filter((name) => !known.includes(name) && !isBlank(record[name]));
  if (others.length === 0) return [];
  const names = others.map((name) => shownPath([name])).join(", ");
  const [are, They] =
    others.length === 1 ? ["is no field", "It stays as it is"] : ["are no fields", "They stay as they are"];
  return [`${place}: ${names} ${are} of a manifest. ${They} in RingCX`];
}

function isBlank(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === "" ||
    (typeof value === "object" && !isRawNumber(value) && Object.keys(value).length === 0)
  );
}

/** That the path of an exported URL has a part that looks like a key, which is a credential or only an id. */
export function randomPathPart(place: string, url: string | undefined): string[] {
  const parts = (url ?? "").replace(/^[^/]*\/\/[^/]*|[?#].*$/g, "").split("/");
  if (!parts.some((part) => looksRandom(part))) return [];
  return [
    `${place}: a part of the path of its URL looks random, and is exported as it is. Where it is a credential, put it into a secret and an authConfig, and give the endpoint another URL, before the file goes anywhere`,
  ];
}
