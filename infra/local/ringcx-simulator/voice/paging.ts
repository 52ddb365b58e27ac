import { badRequest } from "../refusal.ts";

/**
 * One page of a list; the whole list without `maxRows`. Pages are counted from 1, and 0 is the first one too:
 * the documentation does not say where RingCX begins to count.
 *
 * @throws {Refusal} 400 when `page` or `maxRows` is not a whole number
 */
export function pageOf<T>(list: readonly T[], query: URLSearchParams): T[] {
  const page = wholeNumber(query, "page") ?? 1;
  const maxRows = wholeNumber(query, "maxRows") ?? Number.POSITIVE_INFINITY;
  if (maxRows === Number.POSITIVE_INFINITY) return page <= 1 ? [...list] : [];
  const start = Math.max(0, page - 1) * maxRows;
  return list.slice(start, start + maxRows);
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (!/^\d{1,9}$/.test(value)) throw badRequest(`${name}: must be a whole number`);
  return Number(value);
}
