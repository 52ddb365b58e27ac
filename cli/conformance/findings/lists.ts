import { servicesLeft } from "../budget.ts";
import { type Exchange, isCut, isDone, rowsOf, type Seen } from "../exchange.ts";
import { groupState } from "../own-names.ts";
import { idOf } from "../sandbox.ts";
import { type Experiments, type Finding, found, type NamesOf, notFound } from "./finding.ts";
import { isSamePage } from "./inputs-and-clones.ts";

/** Whether a group is the one in which the run works. */
function isRunningGroup({ mark }: Seen, groupName: unknown): boolean {
  const state = groupState(groupName);
  return typeof state === "object" && state.text === mark.text;
}

/** Rows of the whole list of the own group's services. */
const whole = (seen: Seen) => rowsOf(seen.last("page.whole"));

/** How many services the own group has when its pages are read: where the whole list is not, as many as were made. */
function servicesOf(seen: Seen): number {
  const { exchanges } = seen;
  const before = exchanges.slice(0, exchanges.findIndex(({ label }) => label === "page.default") + 1);
  return whole(seen).length || servicesLeft(before.filter(({ label }) => label !== "cleanup"));
}

/** What is learned of lists. */
export const listExperiments: Experiments<NamesOf<"lists">> = {
  "lists.defaultPage": (seen) => defaultPage(seen),
  "lists.longestPage": (seen) => {
    const long = seen.last("long.whole");
    if (!isDone(long)) return tooShort;
    const rows = rowsOf(long).length;
    if (rows > 100) return found("unlimited", `maxRows=1000 gives ${rows} rows`);
    const known = new Set(rowsOf(long).map(keyOf));
    const further = seen.exchanges.filter(({ label }) => label === "long.further").flatMap(rowsOf);
    return further.some((row) => !known.has(keyOf(row)))
      ? found("rows100", "maxRows=1000 gives 100 rows, and there are more")
      : tooShort;
  },
  "lists.firstPage": (seen) => {
    const first = rowsOf(seen.last("page.rows10"));
    const one = seen.last("page.one");
    if (first.length !== 10 || !isDone(one)) return notFound("no list came in pages");
    return isSamePage(first, rowsOf(one))
      ? found("one", "page=1 is the page without a number")
      : found("zero", "page=1 is another page than that without a number");
  },
  "lists.order": (seen) => {
    const rows = seen.last("page.whole") ? whole(seen) : rowsOf(seen.last("names.listed"));
    const ids = rows.flatMap((row) => idOf(row, "serviceId") ?? []);
    const [first = 0, second = 0] = [ids.at(0), ids.at(-1)];
    if (ids.length < 2) return notFound("no list has two rows");
    const isSorted = (sign: number) => ids.every((id, index) => index === 0 || sign * (id - (ids[index - 1] ?? 0)) > 0);
    if (isSorted(1) && first < second) return found("oldestFirst", "ids rise");
    return isSorted(-1)
      ? found("newestFirst", "ids fall")
      : notFound("the order is neither that of age nor its reverse");
  },
  "lists.withChildren": (seen) => {
    const group = rowsOf(seen.last("page.tree")).find(({ groupName }) => isRunningGroup(seen, groupName));
    const shown = Array.isArray(group?.services) ? group.services.length : undefined;
    const length = servicesOf(seen);
    if (shown === undefined || length <= 20) return notFound("the tree was not read with more than 20 services");
    if (shown === length) return found("all", `all ${length} services of the group`);
    return shown === 20 ? found("first20", `20 of ${length} services of the group`) : notFound(`${shown} of ${length}`);
  },
};

const tooShort = notFound("no list of the account has more than 100 rows");

function defaultPage(seen: Seen): Finding<"lists.defaultPage"> {
  const rows = rowsOf(seen.last("page.default")).length;
  const length = servicesOf(seen);
  const own = seen.last("long.default");
  const long = rowsOf(own).length;
  for (const [shown, all] of [
    [rows, length],
    // A list of the account's own is as good.
    [long, isDone(own) ? rowsBefore(seen, own) : 0],
  ] as const) {
    if (shown === 20 && all > 20) return found("rows20", `20 of ${all} rows`);
    if (shown === 25 && all > 25) return found("rows25", `25 of ${all} rows`);
  }
  if (length < 26 && long < 26) return notFound("no list of more than 25 rows could be made");
  if (length >= 26 && rows !== length) return notFound(`${rows} of ${length} rows`);
  if (long > 100) return found("everything", `${long} rows without maxRows`);
  if (long < 100)
    return notFound(`not less than ${Math.max(length, long)} rows; no list of the account has more than 100`);
  const most = rowsOf(seen.last("long.whole")).length;
  return most > 100
    ? found("rows100", `100 rows without maxRows, ${most} with it`)
    : notFound("no page has more than 100 rows, with maxRows or without");
}

/** How many rows a list of the account had before the run made more. */
function rowsBefore(seen: Seen, { operation }: Exchange): number {
  const label = operation === "groups.list" ? "groups.listed" : "authConfigs.before";
  const rows = seen.exchanges.filter((one) => one.label === label).flatMap(rowsOf);
  return new Set(rows.map(keyOf)).size;
}

const keyOf = (row: Readonly<Record<string, unknown>>) => String(row.authConfigId ?? row.serviceGroupId);

/** What is learned of how soon a write is seen. */
export const consistencyExperiments: Experiments<NamesOf<"consistency">> = {
  "consistency.single": (seen) => {
    const reads = seen.exchanges.filter(({ label }) => label === "service.afterPut").filter(isWhole);
    if (!isDone(seen.last("service.put")) || reads.length === 0) return notFound("no PUT was done and read");
    return reads.length === 1
      ? found("atOnce", "a read after a PUT shows it")
      : found("stale", `a read shows a PUT after ${secondsBetween(reads)} s`);
  },
  "consistency.lists": (seen) => {
    const reads = seen.exchanges.filter(({ label }) => label === "list.afterCreate").filter(isWhole);
    const shows = (read: Exchange | undefined) =>
      rowsOf(read).some(({ serviceDescription }) => serviceDescription === seen.names.services.main);
    if (!shows(reads.at(-1))) return notFound("no service was made and listed");
    return shows(reads[0])
      ? found("atOnce", "a list after a POST shows it")
      : found("stale", `a list shows a POST after ${secondsBetween(reads)} s`);
  },
};

/** What was cut on the way was asked for again, and says nothing about when. */
const isWhole = (exchange: Exchange) => !isCut(exchange);

function secondsBetween(exchanges: readonly { at: number }[]): number {
  return Math.round(((exchanges.at(-1)?.at ?? 0) - (exchanges[0]?.at ?? 0)) / 1_000);
}
