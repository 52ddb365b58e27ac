import type { Fields } from "../records.ts";
import { badRequest } from "../refusal.ts";

/** Says what is wrong with a value, or nothing. */
export type Check = (value: unknown) => string | undefined;

export interface FieldRule {
  check: Check;
  isRequired?: boolean;
}

export const text: Check = (value) => (typeof value === "string" ? undefined : "must be a string");

export const filledText: Check = (value) =>
  typeof value === "string" && value.trim() !== "" ? undefined : "must be a string that is not empty";

export const flag: Check = (value) => (typeof value === "boolean" ? undefined : "must be true or false");

/** A 32-bit integer, as `serviceId` and its kind. */
export const int32: Check = (value) =>
  Number.isInteger(value) && Math.abs(value as number) < 2 ** 31 ? undefined : "must be a 32-bit integer";

export const oneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(value as string) ? undefined : `must be one of ${values.join(", ")}`;

export const httpUrl: Check = (value) => {
  const url = typeof value === "string" ? URL.parse(value) : null;
  return url && /^https?:$/.test(url.protocol) ? undefined : "must be an absolute http or https URL";
};

export const uuid: Check = (value) =>
  typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
    ? undefined
    : "must be a UUID";

export const objects: Check = (value) =>
  Array.isArray(value) && value.every(isObject) ? undefined : "must be an array of objects";

/** Whatever stands in the path wins; a body that contradicts it is a mistake. */
export const same =
  (expected: string | number): Check =>
  (value) =>
    String(value).toLowerCase() === String(expected).toLowerCase() ? undefined : `must be ${expected}, as in the path`;

export const required = (check: Check): FieldRule => ({ check, isRequired: true });
export const optional = (check: Check): FieldRule => ({ check });

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The fields of a body, without those that are null (for RingCX null is absent). Fields that no rule knows pass.
 *
 * @throws {Refusal} 400, naming every field that is missing or wrong
 */
export function checkedFields(body: unknown, rules: Readonly<Record<string, FieldRule>>): Fields {
  const { fields, problems } = examine(body, rules);
  if (problems.length > 0) throw badRequest(...problems);
  return fields;
}

/**
 * As {@link checkedFields}, for a body that is an array.
 *
 * @throws {Refusal} 400, naming every field with its place, e.g. `[0].name`
 */
export function checkedList(body: unknown, rules: Readonly<Record<string, FieldRule>>): Fields[] {
  if (!Array.isArray(body)) throw badRequest("body: must be an array");
  const examined = body.map((entry, index) => examine(entry, rules, `[${index}]`));
  const problems = examined.flatMap((entry) => entry.problems);
  if (problems.length > 0) throw badRequest(...problems);
  return examined.map(({ fields }) => fields);
}

function examine(body: unknown, rules: Readonly<Record<string, FieldRule>>, place = "") {
  if (!isObject(body)) return { fields: {}, problems: [`${place || "body"}: must be a JSON object`] };
  const fields = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  const problems = Object.entries(rules).flatMap(([name, { check, isRequired = false }]) => {
    const problem = fields[name] === undefined ? (isRequired ? "is required" : undefined) : check(fields[name]);
    return problem ? [`${place ? `${place}.` : ""}${name}: ${problem}`] : [];
  });
  return { fields, problems };
}
