import { services } from "../own-names.ts";
import { readServices } from "../sandbox.ts";
import { type Run, serviceBody } from "./run.ts";

/** More rows than the shorter of the default pages that are plausible, and than a tree may show. */
const enough = 26;

/** Whether RingCX was found to delete no inactive service. */
export function deletesActiveOnly({ caller: { seen } }: Pick<Run, "caller">): boolean {
  return seen.last("service.deletedInactive")?.status === 409;
}

/** Fills the own group up, and reads it by every way that a list has. */
export async function readPages(run: Run): Promise<void> {
  const { caller, serviceGroupId } = run;
  const there = await readServices(caller, "page.before", serviceGroupId);
  // Where an inactive service cannot be deleted an active one spares two requests.
  const isEnabled = deletesActiveOnly(run);
  for (let number = there.length + 1; number <= enough; number += 1) {
    const body = serviceBody(services.filler(number), { isEnabled });
    await caller.ask("page.filler", "services.create", { ids: { serviceGroupId }, body });
  }
  const ids = { serviceGroupId };
  await caller.ask("page.whole", "services.list", { ids, query: { maxRows: 1_000 } });
  await caller.ask("page.default", "services.list", { ids });
  await caller.ask("page.rows10", "services.list", { ids, query: { maxRows: 10 } });
  await caller.ask("page.one", "services.list", { ids, query: { maxRows: 10, page: 1 } });
  await caller.ask("page.tree", "groups.listWithChildren");
}

/** The longest list that the account has by itself: only one of more than a hundred rows shows pages of that length. */
export async function readLongList({ caller }: Run, counts: { groups: number; authConfigs: number }): Promise<void> {
  const operation = counts.groups > counts.authConfigs ? "groups.list" : "authConfigs.list";
  await caller.ask("long.default", operation);
  if (Math.max(counts.groups, counts.authConfigs) < 100) return;
  await caller.ask("long.whole", operation, { query: { maxRows: 1_000 } });
  for (const page of [1, 2]) await caller.ask("long.further", operation, { query: { maxRows: 100, page } });
}
