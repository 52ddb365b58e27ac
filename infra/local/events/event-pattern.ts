import * as z from "zod";

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`);
}

const affix = z.union([z.string(), z.object({ "equals-ignore-case": z.string() })]);

/** Whether a text begins or ends with another, which may ask to ignore case. */
function hasAffix(value: unknown, argument: unknown, side: "startsWith" | "endsWith"): boolean {
  const wanted = affix.parse(argument);
  if (typeof value !== "string") return false;
  if (typeof wanted === "string") return value[side](wanted);
  return value.toLowerCase()[side](wanted["equals-ignore-case"].toLowerCase());
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
};

function isInRange(value: unknown, argument: unknown): boolean {
  if (typeof value !== "number" || !Array.isArray(argument)) return false;
  for (let index = 0; index < argument.length; index += 2) {
    const compare = comparisons[String(argument[index])];
    if (!compare?.(value, Number(argument[index + 1]))) return false;
  }
  return true;
}

const operators: Readonly<Record<string, (value: unknown, argument: unknown) => boolean>> = {
  prefix: (value, argument) => hasAffix(value, argument, "startsWith"),
  suffix: (value, argument) => hasAffix(value, argument, "endsWith"),
  "equals-ignore-case": (value, argument) => String(value).toLowerCase() === String(argument).toLowerCase(),
  wildcard: (value, argument) => typeof value === "string" && wildcard(String(argument)).test(value),
  "anything-but": (value, argument) => ![argument].flat().some((condition) => holds(value, condition)),
  numeric: isInRange,
};

/** One element of a pattern's list against one value of the event. */
function holds(value: unknown, condition: unknown): boolean {
  if (!isObject(condition)) return value === condition;
  const [name = ""] = Object.keys(condition);
  const operator = operators[name];
  if (!operator) throw new Error(`The local host does not know the event pattern operator "${name}"`);
  return operator(value, condition[name]);
}

function fieldMatches(value: unknown, conditions: readonly unknown[]): boolean {
  return conditions.some((condition) => {
    if (isObject(condition) && "exists" in condition) return (value !== undefined) === condition.exists;
    if (value === undefined) return false;
    // A list in the event matches when one of its elements does.
    return Array.isArray(value) ? value.some((item) => holds(item, condition)) : holds(value, condition);
  });
}

/**
 * Whether an event matches an EventBridge pattern: every field of the pattern must, by one of its listed values.
 * Source: Amazon EventBridge User Guide, "Comparison operators for use in event patterns".
 *
 * @throws for an operator that is not known here (cidr), by its name
 */
export function matchesPattern(event: unknown, pattern: Json): boolean {
  return Object.entries(pattern).every(([field, expected]) => {
    if (field === "$or" && Array.isArray(expected)) {
      return expected.some((alternative) => isObject(alternative) && matchesPattern(event, alternative));
    }
    const value = isObject(event) ? event[field] : undefined;
    if (Array.isArray(expected)) return fieldMatches(value, expected);
    return isObject(expected) && matchesPattern(value, expected);
  });
}
