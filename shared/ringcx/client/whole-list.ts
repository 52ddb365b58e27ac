import type { ServiceGroup } from "../resources/service-group.ts";
import type { Page, Services } from "./api.ts";

/** Rows that are asked for at once. */
const maxRows = 1_000;

/** More pages than any account has: a RingCX that knows no pages and repeats itself must not be asked for ever. */
const mostPages = 200;

/**
 * All rows of a list. How many rows RingCX gives at most is not documented, nor whether pages are counted from 0 or 1
 * (`lists` in docs/simulator.md): a list whose length may be a limit is asked for further, until a page brings nothing new.
 */
export async function wholeList<Row>(
  readPage: (page: Page) => Promise<Row[]>,
  idOf: (row: Row) => unknown,
): Promise<Row[]> {
  const rows = new Map<unknown, Row>();
  const note = (page: readonly Row[]) => {
    for (const row of page) if (!rows.has(idOf(row))) rows.set(idOf(row), row);
  };
  const first = await readPage({ maxRows });
  note(first);
  if (first.length < 100 || first.length % 50 !== 0) return [...rows.values()];
  for (let page = 1; page <= mostPages; page += 1) {
    const known = rows.size;
    note(await readPage({ page, maxRows: first.length }));
    // Where pages are counted from 1, the first one was asked for again.
    if (rows.size === known && page > 1) break;
  }
  return [...rows.values()];
}

/** Lengths at which an API may cut a list by itself. */
function mayBeLimit(length: number): boolean {
  return [10, 20, 25, 30, 40].includes(length) || (length > 0 && length % 50 === 0);
}

/**
 * The tree with all services of each group. Whether RingCX cuts it is not documented (`lists.withChildren`): a group whose
 * length may be a limit is read by its list, until one has shown that it is none.
 *
 * @param knownWhole lengths that have been seen not to be limits; what is learned is added
 */
export async function wholeTree(
  groups: readonly ServiceGroup[],
  list: Services["list"],
  knownWhole: Set<number>,
): Promise<ServiceGroup[]> {
  const whole: ServiceGroup[] = [];
  for (const group of groups) {
    const { services = [], serviceGroupId } = group;
    const { length } = services;
    if (!mayBeLimit(length) || knownWhole.has(length)) {
      whole.push(group);
      continue;
    }
    const all = await wholeList(
      (page) => list(serviceGroupId, page),
      ({ serviceId }) => serviceId,
    );
    if (all.length <= length) knownWhole.add(length);
    whole.push(all.length <= length ? group : { ...group, services: all });
  }
  return whole;
}
