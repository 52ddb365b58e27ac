import type { Item, NewItem } from "../../../shared/state/table.ts";

/** Parts of an item that releases before this one did not write, by the beginning of its sort key. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  "ACTIVATION#": ["observed.after", "observed.began", "lastWritten.began", "commandDigests"],
  STATE: ["lastWrite", "failure.message", "failure.isTold", "failure.isOfCurrent"],
  "FOLLOWED#": ["problems.about"],
  WINDOW: ["wroteAt"],
};

/**
 * An item as a release before this one has left it: see "Earlier releases" in `shared/records`. Left as they are is what an
 * earlier release lost for good, which no later one can know: when an outcome under way was first published
 * (`finished.at`), which versions a failed write may have left (`mayHave`).
 */
export function asEarlierReleaseLeft(item: Item): NewItem {
  const paths = Object.entries(leftOut).flatMap(([start, parts]) => (item.sk.startsWith(start) ? parts : []));
  const left = paths.reduce<object>((one, path) => without(one, path.split(".")), item) as Item;
  return item.sk.startsWith("SERVICE#") ? withWrittenUrl(left) : left;
}

function without(value: object, [name = "", ...rest]: readonly string[]): object {
  if (Array.isArray(value)) return value.map((one: object) => without(one, [name, ...rest]));
  const { [name]: part, ...others } = value as Record<string, unknown>;
  if (rest.length === 0) return others;
  return typeof part === "object" && part !== null ? { ...others, [name]: without(part, rest) } : value;
}

/** The endpoint's URL stood in the validation, too. */
function withWrittenUrl(item: Item): NewItem {
  const { manifest } = item as { manifest?: { validation?: object; httpServiceConfig?: { url?: string } } };
  const url = manifest?.httpServiceConfig?.url;
  if (!manifest?.validation || url === undefined) return item;
  return { ...item, manifest: { ...manifest, validation: { url, ...manifest.validation } } };
}
