import { isDeepStrictEqual } from "node:util";
import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { ActivationRecord } from "../../../shared/records/account/activation.ts";
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

/** Whether a message says otherwise than those before it how its endpoint is asked. Pure. */
export function isValidationAnew(
  { validation }: Pick<HttpServiceManifest, "validation">,
  before: StoredServiceManifest | undefined,
): boolean {
  return differences("validation", before?.validation, validation).length > 0;
}

/** What a change of an activation record is called that switches nothing in RingCX: from then on its manifest says otherwise. */
export const wantedChange = "isEnabled";

/** Whether a message says otherwise than the activation record whether a service is wanted active. Pure. */
export function isWantedOtherwise(
  { isEnabled }: Pick<HttpServiceManifest, "isEnabled">,
  { reasons }: Pick<ActivationRecord, "reasons">,
): boolean {
  return isEnabled !== undefined && isEnabled === reasons.some(({ kind }) => kind === "NOT_WANTED");
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a field that is left out means: written, it is no difference. `mode` and `recoverAfterSeconds` have none, since a written
 * one no longer follows the environment.
 */
const meanings: Readonly<Record<string, Fields>> = {
  health: { alarms: [], recovery: "automatic", neverDeactivate: false, priority: 0 },
  validation: { headers: {} },
};

/** A declaration replaces the one before as a whole. */
function differences(name: "health" | "validation", earlier: Fields = {}, written: Fields | undefined) {
  if (written === undefined) return [];
  const [before, declared] = [earlier, written].map((fields) => ({ ...meanings[name], ...fields })) as [Fields, Fields];
  return [...new Set([...Object.keys(before), ...Object.keys(declared)])]
    .sort()
    .filter((key) => !isDeepStrictEqual(before[key], declared[key]))
    .map((key) => ({ path: `${name}.${key}`, found: earlier[key], declared: written[key] }));
}
