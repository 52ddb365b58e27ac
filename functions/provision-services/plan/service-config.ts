import { isDeepStrictEqual } from "node:util";
import { plainNumbers } from "../../../shared/primitives/exact-json.ts";
import type { HttpServiceConfig } from "../../../shared/ringcx/resources/http-service.ts";

/** Headers as a manifest declares them: `null` for one that is to go. */
type DeclaredHeaders = Readonly<Record<string, unknown>>;

/**
 * `httpServiceConfig` with what a manifest declares of it. What the manifest does not name stays, also among the headers,
 * whose names are the same in any case (RFC 9110, 5.1) and keep the spelling that they have.
 *
 * @param found what RingCX has; a text that is no JSON object is replaced
 */
export function mergedConfig(found: unknown, declared: HttpServiceConfig): HttpServiceConfig {
  const kept = fieldsOf(found);
  const { headers, ...others } = declared;
  if (headers === undefined) return { ...kept, ...others };
  // What is there in a form that is not known stays, unless something is to be written.
  if (differingHeaders(kept.headers, fieldsOf(headers)).length === 0) return { ...kept, ...others };
  return { ...kept, ...others, headers: mergedHeaders(fieldsOf(kept.headers), fieldsOf(headers)) };
}

/** A field of `httpServiceConfig` in which RingCX has something else than a manifest declares. */
export interface ConfigDifference {
  /** `url`, `headers.Accept` */
  path: string;
  /** An earlier manifest declared just the same. */
  isDrift: boolean;
  found: unknown;
  /** `null` of a header that is to go. */
  declared: unknown;
}

/**
 * Where RingCX has something else than a manifest declares.
 *
 * @param before what messages declared so far
 */
export function differingConfig(
  found: unknown,
  declared: HttpServiceConfig,
  before: HttpServiceConfig,
): ConfigDifference[] {
  // By value: 1.0 is what a manifest says with 1.
  const there = fieldsOf(plainNumbers(found));
  return Object.entries(declared).flatMap(([name, value]): ConfigDifference[] => {
    if (name === "headers") {
      const headers = fieldsOf(value);
      const earlier = new Map(
        Object.entries(fieldsOf(before.headers)).map(([header, one]) => [header.toLowerCase(), one]),
      );
      return differingHeaders(there.headers, headers).map((header) => ({
        path: `headers.${header}`,
        isDrift: earlier.get(header.toLowerCase()) === headers[header],
        found: Object.entries(fieldsOf(there.headers)).find(([one]) => one.toLowerCase() === header.toLowerCase())?.[1],
        declared: headers[header],
      }));
    }
    if (isDeepStrictEqual(value, there[name])) return [];
    return [{ path: name, isDrift: isDeepStrictEqual(value, before[name]), found: there[name], declared: value }];
  });
}

/** A new service's `httpServiceConfig`: what a manifest declares, without the headers that are to go. */
export function newConfig(declared: HttpServiceConfig): HttpServiceConfig {
  const { headers } = declared;
  return headers === undefined ? declared : { ...declared, headers: mergedHeaders({}, fieldsOf(headers)) };
}

function differingHeaders(found: unknown, declared: DeclaredHeaders): string[] {
  const there = Map.groupBy(Object.entries(fieldsOf(found)), ([name]) => name.toLowerCase());
  return Object.keys(declared).filter((name) => {
    const [first, ...twins] = there.get(name.toLowerCase()) ?? [];
    // Of two spellings it cannot be told which one RingCX sends.
    return declared[name] === null ? first !== undefined : twins.length > 0 || first?.[1] !== declared[name];
  });
}

function mergedHeaders(found: Readonly<Record<string, unknown>>, declared: DeclaredHeaders): Record<string, unknown> {
  const left = new Map(Object.entries(declared).map(([name, value]) => [name.toLowerCase(), { name, value }]));
  const named = new Set(left.keys());
  const kept = Object.entries(found).flatMap(([name, value]) => {
    const key = name.toLowerCase();
    if (!named.has(key)) return [[name, value]];
    const own = left.get(key);
    left.delete(key);
    return own === undefined || own.value === null ? [] : [[name, own.value]];
  });
  const added = [...left.values()].flatMap(({ name, value }) => (value === null ? [] : [[name, value]]));
  return Object.fromEntries([...kept, ...added]);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
