import type { ServiceName } from "../../../shared/records/service-name.ts";
import { accountSweepKey } from "../../../shared/records/sweep-progress.ts";
import { witness } from "../evidence/manual-change.ts";
import { outageIn } from "../outage/outage-decision.ts";
import type { ReconcileDependencies } from "../reconcile/reconcile-service.ts";
import type { Looked } from "../reconcile/reconcile-services.ts";
import { causeOf } from "../report/outage-wording.ts";
import { outcomeOf } from "../report/service-outcome.ts";
import { type TreeService, treeEveryInOutageMs, treeEveryMs, treeOf } from "../watchlist/account-tree.ts";
import type { AlarmTag } from "../watchlist/alarm-tags.ts";
import { assignTags, findTagChanges, taggedInAccount } from "../watchlist/assign-tags.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";

/** What it takes to look at services, whatever it is that says so. */
export interface TriggerDependencies extends ReconcileDependencies {
  logger: { warn(message: string, facts: Record<string, unknown>): void };
}

export interface WatchAccountOptions {
  /** Epoch milliseconds. */
  deadline: number;
  /** The tags of all alarms, when they were read anew. */
  tags: readonly AlarmTag[] | undefined;
}

/**
 * Reads an account's tree where it is time to, and compares it with what is known: what people did in the admin page,
 * how many services there are, and which of them the tags of alarms name.
 *
 * @param looked its services as this sweep has found them
 * @returns ids, as a tag writes them, that no service has
 */
export async function watchAccount(
  parts: TriggerDependencies,
  accountId: string,
  looked: readonly Looked[],
  { deadline, tags }: WatchAccountOptions,
): Promise<readonly string[]> {
  const tagged = tags && taggedInAccount(tags, accountId);
  const known = new Set(looked.map(({ service }) => service.serviceId));
  const hasNew = tagged?.some(({ serviceId }) => !known.has(serviceId)) ?? false;
  if (looked.length === 0 && !hasNew) return [];

  const seenFrom = parts.clock.now();
  const last = Number((await parts.table.get(accountSweepKey(accountId)))?.treeReadAt ?? 0);
  const isOutageOpen = looked.some(({ record }) => outageIn(record));
  const isDue = seenFrom - last >= (isOutageOpen ? treeEveryInOutageMs : treeEveryMs);
  const tree = isDue || hasNew ? await treeOf(parts, accountId, deadline) : undefined;
  await parts.blastRadius.refresh(accountId, (tree ?? looked).length, tree ? "all" : "known");
  if (tree) {
    await parts.table.update(accountSweepKey(accountId), { treeReadAt: seenFrom });
    const byId = new Map(tree.map((seen) => [seen.serviceId, seen]));
    for (const { service } of looked) await watchPeople(parts, service, byId.get(service.serviceId), seenFrom);
  }
  if (!tagged) return [];
  const changes = await findTagChanges(parts, accountId, tagged, {
    tree,
    services: looked.map(({ service }) => service),
  });
  const byId = new Map(tree?.map((one) => [one.serviceId, one]));
  // Before they are watched: an alarm that fires in between must find what they were.
  for (const { name, ids } of changes.newlyTagged) await noteFirstSight(parts, name, byId.get(ids.serviceId));
  await assignTags(parts, changes);
  return changes.unknown;
}

/** A service that only a tag names was never ours: what it is now is a person's word. */
async function noteFirstSight(
  { activation, clock }: TriggerDependencies,
  name: ServiceName,
  seen: TreeService | undefined,
): Promise<void> {
  if (seen?.isEnabled === undefined) return;
  const record = await activation.get(name);
  const found = witness(record, seen.isEnabled, { seenFrom: clock.now(), now: clock.now() });
  if (found) await activation.changeIf(name, record, found.change);
}

async function watchPeople(
  { activation, clock, outcomes }: TriggerDependencies,
  service: WatchedService,
  seen: TreeService | undefined,
  seenFrom: number,
): Promise<void> {
  if (seen?.isEnabled === undefined) return;
  const { name } = service;
  const record = await activation.get(name);
  const found = witness(record, seen.isEnabled, { seenFrom, now: clock.now() });
  // Whoever wrote since then knows more than the tree did.
  if (!found || !(await activation.changeIf(name, record, found.change)) || found.tell === undefined) return;
  const cause = causeOf(service, "seen", new Date(seenFrom).toISOString(), undefined);
  await outcomes.publish(outcomeOf({ service, because: found.tell.because, cause }, "NO_CHANGE", found.tell.what));
}
