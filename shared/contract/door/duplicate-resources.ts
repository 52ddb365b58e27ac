import type { Problem } from "../outcome.ts";

/** The fields that name a resource of each kind. A map: a `kind` such as `constructor` is not found in it. */
const naturalKeys: ReadonlyMap<unknown, readonly string[]> = new Map([
  ["httpServiceGroup", ["groupName"]],
  ["authConfig", ["providerName"]],
  ["httpService", ["groupName", "serviceDescription"]],
]);

/** Resources of one kind with one natural key: which of them was meant cannot be told. Whatever it is given. */
export function duplicateResources(resources: unknown): Problem[] {
  if (!Array.isArray(resources)) return [];
  const seen = new Map<string, number>();
  return resources.flatMap((resource: unknown, index): Problem[] => {
    if (typeof resource !== "object" || resource === null) return [];
    const { kind, ...fields } = resource as Record<string, unknown>;
    const names = naturalKeys.get(kind)?.map((field) => fields[field]);
    if (!names?.every((name) => typeof name === "string")) return [];
    const key = JSON.stringify([kind, ...names]);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, index);
      return [];
    }
    const path = `data.resources[${index}]`;
    const message = `declares the same ${kind} as data.resources[${first}]`;
    return [{ path, message, hint: "declare each resource once" }];
  });
}
