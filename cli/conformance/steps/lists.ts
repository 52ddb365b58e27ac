import type { AssumptionName } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { type Budget, BudgetSpentError, deletesActiveOnly } from "../budget.ts";
import { type Exchange, isDone } from "../exchange.ts";
import { type Run, serviceBody } from "./run.ts";

/** The reads of a list, in the order of what they tell. */
const reads = ["default", "tree", "rows10", "one", "whole"] as const;
type Read = (typeof reads)[number];

/** Sizes of a group that are worth a list: each with what a smaller one does not tell, and the last read that tells it. */
const sizes: readonly { services: number; tells: AssumptionName; by: Read }[] = [
  // One more than the longer of the short default pages that are plausible.
  { services: 26, tells: "lists.defaultPage", by: "default" },
  // One more than the shorter, and than a tree may show.
  { services: 21, tells: "lists.withChildren", by: "tree" },
  // One more than the page that is asked for.
  { services: 11, tells: "lists.firstPage", by: "one" },
];

/**
 * Fills the own group up as far as the budget allows, and reads it by every way that a list has: much for little, as the
 * program copes with every length of a page, so it comes last. A longer list that is read in one way only tells more than a
 * shorter one that is read in all.
 */
export async function readPages(run: Run, budget: Budget): Promise<void> {
  const { caller } = run;
  const read = new Set<Read>();
  /** Requests that lack to fill the group up to a size and read it once. */
  const missing = (size: number) => 1 - budget.left(Math.max(0, size - budget.services()));
  let isRefused = false;
  try {
    // What it takes may grow while it is filled up, as a token ends: it then stops at a smaller size.
    for (const { services } of sizes) {
      while (!isRefused && budget.services() < services && missing(services) <= 0) {
        isRefused = !isDone(await makeFiller(run, budget.services() + 1));
      }
      if (budget.services() < services || missing(services) > 0) continue;
      for (const one of reads) {
        await readGroup[one](run);
        read.add(one);
      }
      break;
    }
  } catch (error) {
    if (!(error instanceof BudgetSpentError)) throw error;
  }
  if (isRefused) return;
  const had = budget.services();
  for (const { services, tells, by } of sizes) {
    if (had >= services && read.has(by)) continue;
    const lack = Math.max(1, missing(services));
    const words = `it takes ${services} services in a group, which had ${had}: ${lack} ${lack === 1 ? "request was" : "requests were"} missing`;
    caller.seen.notAsked.set(tells, words);
  }
}

function makeFiller(run: Run, number: number): Promise<Exchange> {
  const { caller, serviceGroupId } = run;
  // Where an inactive service cannot be deleted an active one spares two requests. One that is born active is not switched off by
  // itself: that would be as many requests again, no call comes to it, and the removal that follows at once ends it.
  const isEnabled = deletesActiveOnly(caller.seen.exchanges);
  const body = serviceBody(run, caller.seen.names.services.filler(number), { isEnabled });
  return caller.ask("page.filler", "services.create", { ids: { serviceGroupId }, body });
}

function list({ caller, serviceGroupId }: Run, label: string, query: Record<string, number>): Promise<Exchange> {
  return caller.ask(label, "services.list", { ids: { serviceGroupId }, query });
}

const readGroup: Readonly<Record<Read, (run: Run) => Promise<Exchange>>> = {
  default: (run) => list(run, "page.default", {}),
  tree: ({ caller }) => caller.ask("page.tree", "groups.listWithChildren"),
  rows10: (run) => list(run, "page.rows10", { maxRows: 10 }),
  one: (run) => list(run, "page.one", { maxRows: 10, page: 1 }),
  whole: (run) => list(run, "page.whole", { maxRows: 1_000 }),
};

/** The longest list that the account has by itself: only one of more than a hundred rows shows pages of that length. */
export async function readLongList({ caller }: Run, counts: { groups: number; authConfigs: number }): Promise<void> {
  // No plausible page is shorter.
  if (Math.max(counts.groups, counts.authConfigs) <= 20) return;
  const operation = counts.groups > counts.authConfigs ? "groups.list" : "authConfigs.list";
  await caller.ask("long.default", operation);
  if (Math.max(counts.groups, counts.authConfigs) < 100) return;
  await caller.ask("long.whole", operation, { query: { maxRows: 1_000 } });
  for (const page of [1, 2]) await caller.ask("long.further", operation, { query: { maxRows: 100, page } });
}
