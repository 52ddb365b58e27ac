import { isDeepStrictEqual } from "node:util";
import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { StoredServiceManifest } from "../../../shared/records/account/service.ts";
import { plannedChange } from "./planned-values.ts";

/**
 * What a message declares otherwise than those before it that RingCX never has: how the service is watched and validated. It
 * changes what failover does, so that it is a change although nothing is written to RingCX. Pure.
 *
 * @param before what messages declared so far; of a service that none has declared everything is new
 */
export function declaredChanges(
  { health, validation }: Pick<HttpServiceManifest, "health" | "validation">,
  before: StoredServiceManifest | undefined,
): { changes: string[]; plannedChanges: string[] } {
  const differing =
    before === undefined
      ? []
      : [...differences("health", before.health, health), ...differences("validation", before.validation, validation)];
  return {
    changes: differing.map(({ path }) => path),
    plannedChanges: differing.map(({ path, found, declared }) => plannedChange(path, found, declared)),
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** A declaration replaces the one before as a whole. */
function differences(name: string, before: Fields = {}, declared: Fields | undefined) {
  if (declared === undefined) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(declared)])]
    .sort()
    .filter((key) => !isDeepStrictEqual(before[key], declared[key]))
    .map((key) => ({ path: `${name}.${key}`, found: before[key], declared: declared[key] }));
}
