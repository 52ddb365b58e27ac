import type { AssumptionName } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { type Budget, deletesActiveOnly } from "../budget.ts";
import { type Run, serviceBody } from "./run.ts";

/** Sizes of a group that are worth a list: each with what a smaller one does not tell. */
const sizes: readonly { services: number; tells: readonly AssumptionName[] }[] = [
  // One more than the longer of the short default pages that are plausible.
  { services: 26, tells: ["lists.defaultPage"] },
  // One more than the shorter, and than a tree may show.
  { services: 21, tells: ["lists.withChildren"] },
  // One more than the page that is asked for.
  { services: 11, tells: ["lists.firstPage"] },
];

/** The reads of a list, in the order of what they tell. */
const reads = ["default", "tree", "rows10", "one", "whole"] as const;

/**
 * Fills the own group up as far as the budget allows, and reads it by every way that a list has: much for little, as the
 * program copes with every length of a page, so it comes last.
 */
export async function readPages(run: Run, budget: Budget): Promise<void> {
  const { caller, serviceGroupId } = run;
  const { services } = caller.seen.names;
  const there = budget.services();
  // Each is made and removed. A longer list that is read in one way only tells more than a shorter one that is read in all.
  const cost = (size: number) => 2 * Math.max(0, size - there) + 1;
  const left = budget.left();
  const size = sizes.find(({ services }) => cost(services) <= left);
  const missed = sizes.slice(0, size === undefined ? sizes.length : sizes.indexOf(size));
  for (const { services, tells } of missed) {
    const why = `it takes ${services} services in a group, which had ${size?.services ?? there}: ${cost(services) - left} requests were missing`;
    for (const name of tells) caller.seen.notAsked.set(name, why);
  }
  if (size === undefined) return;
  // Where an inactive service cannot be deleted an active one spares two requests.
  const isEnabled = deletesActiveOnly(caller.seen.exchanges);
  for (let number = there + 1; number <= size.services; number += 1) {
    const body = serviceBody(run, services.filler(number), { isEnabled });
    await caller.ask("page.filler", "services.create", { ids: { serviceGroupId }, body });
  }
  const list = (label: string, query: object) =>
    caller.ask(label, "services.list", { ids: { serviceGroupId }, query: { ...query } });
  const ways: Readonly<Record<(typeof reads)[number], () => Promise<unknown>>> = {
    default: () => list("page.default", {}),
    tree: () => caller.ask("page.tree", "groups.listWithChildren"),
    rows10: () => list("page.rows10", { maxRows: 10 }),
    one: () => list("page.one", { maxRows: 10, page: 1 }),
    whole: () => list("page.whole", { maxRows: 1_000 }),
  };
  for (const read of reads) await ways[read]();
}

/** The longest list that the account has by itself: only one of more than a hundred rows shows pages of that length. */
export async function readLongList({ caller }: Run, counts: { groups: number; authConfigs: number }): Promise<void> {
  const operation = counts.groups > counts.authConfigs ? "groups.list" : "authConfigs.list";
  await caller.ask("long.default", operation);
  if (Math.max(counts.groups, counts.authConfigs) < 100) return;
  await caller.ask("long.whole", operation, { query: { maxRows: 1_000 } });
  for (const page of [1, 2]) await caller.ask("long.further", operation, { query: { maxRows: 100, page } });
}
