import type { Violation } from "./checked-input.ts";
import { isToken } from "./token.ts";

// Settings as somebody wrote them, for checks that believe nothing of what they look at.

/** Here a remedy is always said: no example of a field could be one. */
export type Told = Violation & { mend: string };

/** The settings as somebody wrote them, wrong or right. */
export type Written = Readonly<Record<string, unknown>>;

export function placed(
  path: readonly PropertyKey[],
  values: unknown,
): { path: readonly PropertyKey[]; value: unknown }[] {
  return listOf(values).map((value, index) => ({ path: [...path, index], value }));
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textsOf(value: unknown): string[] {
  return listOf(value).filter((each) => typeof each === "string");
}

/** Of what only the deployment knows nothing can be said. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && !isToken(value) ? value : undefined;
}

export function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

export function recordOf(value: unknown): Written {
  // A list has no names.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Written) : {};
}
