import type { Profile } from "../assumptions/catalogue.ts";
import { badRequest } from "../refusal.ts";
import { chosen, type Strategies } from "./chosen.ts";

const everything = Number.POSITIVE_INFINITY;

/** Rows of a page when nobody says how many. */
const defaultPages: Strategies<"lists.defaultPage", number> = {
  everything,
  rows20: 20,
  rows25: 25,
  rows100: 100,
};

const longestPages: Strategies<"lists.longestPage", number> = { unlimited: everything, rows100: 100 };

/** How many pages come before the one with the number that was sent. */
const firstPages: Strategies<"lists.firstPage", (page: number) => number> = {
  one: (page) => Math.max(0, page - 1),
  zero: (page) => page,
};

type Order = <T>(list: readonly T[]) => readonly T[];
const orders: Strategies<"lists.order", Order> = {
  oldestFirst: (list) => list,
  newestFirst: (list) => list.toReversed(),
};

const children: Strategies<"lists.withChildren", number> = { all: everything, first20: 20 };

/** How lists come, by a profile. */
export type ListBehaviour = ReturnType<typeof listBehaviour>;

/** See {@link ListBehaviour}. */
export function listBehaviour(profile: Profile) {
  const defaultRows = chosen(profile, "lists.defaultPage", defaultPages);
  const longest = chosen(profile, "lists.longestPage", longestPages);
  const pagesBefore = chosen(profile, "lists.firstPage", firstPages);
  const ordered = chosen(profile, "lists.order", orders);
  const mostChildren = chosen(profile, "lists.withChildren", children);
  return {
    /**
     * One page of a list.
     *
     * @throws {Refusal} 400 when `page` or `maxRows` is not a whole number
     */
    pageOf<T>(list: readonly T[], query: URLSearchParams): T[] {
      const page = wholeNumber(query, "page");
      const rows = Math.min(longest, wholeNumber(query, "maxRows") ?? defaultRows);
      const before = page === undefined ? 0 : pagesBefore(page);
      if (rows === everything) return before === 0 ? [...ordered(list)] : [];
      return ordered(list).slice(before * rows, (before + 1) * rows);
    },
    /** The services of a group that the tree shows. */
    children: <T>(services: readonly T[]) => ordered(services).slice(0, mostChildren),
    ordered,
  };
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (!/^\d{1,9}$/.test(value)) throw badRequest(`${name}: must be a whole number`);
  return Number(value);
}
