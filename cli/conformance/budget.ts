import { type Exchange, isCut, isDone, isRow, rowsOf, type Seen } from "./exchange.ts";

/** The next question would leave too few requests to remove what was made: the run asks no more, and removes it. */
export class BudgetSpentError extends Error {
  override name = "BudgetSpentError";
}

/** How many requests a run may still take. */
export interface Budget {
  /**
   * Requests that questions may still take: the others remove what was made, and end the run. May be negative.
   *
   * @param more services that are to be made first, each of which is a request to make and one to remove. @default 0
   */
  left(more?: number): number;
  /** How many services there are that were made since the budget began. */
  services(): number;
}

/** What a token that has ended takes: the refused request, and both steps of a login. */
const renewal = 3;

/** The group's name, and the last looks at an old token. */
const last = 3;

/**
 * The budget of a run without `--measure-limit`: whoever asks looks here what it may still cost.
 *
 * @param seen what is sent; so far only what looked for an earlier run, and removed it, which does not count
 * @param most how many requests a run takes at most
 */
export function createBudget(seen: Seen, most: number): Budget {
  const from = seen.exchanges.length;
  const uncounted = seen.exchanges.filter(({ label }) => label === "cleanup").length;
  const own = () => seen.exchanges.slice(from);
  const configs = seen.exchanges.filter(({ label }) => label === "authConfigs.before");
  // The run's own may take a page more, where that can be full.
  const pages = configs.length + (configs.flatMap(rowsOf).length < 90 ? 0 : 1);
  return {
    left(more = 0) {
      const spent = seen.exchanges.length - uncounted;
      const { writes, reads } = removalOf(own(), pages);
      // Tokens that ended once end again.
      const renewals = own().some(({ label }) => label === "login") ? 2 : 1;
      // A read that is cut is asked for again; a removal that is cut was done.
      const repeated = seen.exchanges.some(isCut) ? 1 + Math.ceil((reads + last) / 5) : 0;
      return most - spent - writes - reads - 2 * more - repeated - renewals * renewal - last;
    },
    services: () => servicesLeft(own()),
  };
}

/** How many services there are of those that were made. */
export function servicesLeft(exchanges: readonly Exchange[]): number {
  return made(exchanges).length - done(exchanges, "services.delete").length;
}

/**
 * How many requests it takes to remove what was made: each thing one, and the lists in which it is found.
 *
 * @param pages of the list of auth configs, with those of the run
 */
function removalOf(exchanges: readonly Exchange[], pages: number): { writes: number; reads: number } {
  const services = made(exchanges);
  const remaining = services.length - done(exchanges, "services.delete").length;
  const inactive = deletesActiveOnly(exchanges) ? Math.max(0, remaining - activeServices(exchanges)) : 0;
  const configs = exchanges.filter((one) => one.operation.startsWith("authConfigs.create") && isDone(one)).length;
  const tree = exchanges.some(({ operation }) => operation === "groups.listWithChildren") ? 0 : 1;
  if (services.length === 0 && configs === 0) return { writes: 0, reads: 0 };
  // Services are listed twice, to see that they are gone.
  return { writes: remaining + inactive + configs, reads: pages + tree + 2 };
}

function done(exchanges: readonly Exchange[], ...names: string[]): Exchange[] {
  return exchanges.filter((one) => names.includes(one.operation) && isDone(one));
}

const made = (exchanges: readonly Exchange[]) => done(exchanges, "services.create", "services.clone");

/** How many of the run's services are surely active: as a list showed them, and as they were switched, made and deleted since. */
function activeServices(exchanges: readonly Exchange[]): number {
  const listedAt = exchanges.findLastIndex(({ label }) => label === "names.listed");
  const active = new Set(
    rowsOf(exchanges[listedAt]).flatMap((row) => (row.isEnabled === true ? [String(row.serviceId)] : [])),
  );
  let bornActive = 0;
  for (const one of exchanges.slice(listedAt + 1)) {
    const { isActive, isEnabled } = isRow(one.body) ? one.body : {};
    const [, serviceId = ""] = /\/httpServices\/(\d+)/.exec(one.path) ?? [];
    if (one.operation === "services.create" && isDone(one) && isEnabled === true) bornActive += 1;
    if (one.operation === "services.delete" && isDone(one)) active.delete(serviceId);
    // Where nobody knows whether it was done it may be inactive.
    if (one.operation === "services.setActive" && isActive === false) active.delete(serviceId);
    if (one.operation === "services.setActive" && isActive === true && isDone(one)) active.add(serviceId);
  }
  return active.size + bornActive;
}

/** Whether RingCX was found to delete no inactive service. */
export function deletesActiveOnly(exchanges: readonly Exchange[]): boolean {
  return exchanges.findLast(({ label }) => label === "service.deletedInactive")?.status === 409;
}
