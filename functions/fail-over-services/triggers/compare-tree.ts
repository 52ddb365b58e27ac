import { unlessUnderWay } from "../../../shared/activation/intents.ts";
import { isSurelyShown } from "../../../shared/activation/surely-shown.ts";
import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import { failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { lastKnownState } from "../../../shared/records/account/known-state.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { takeInSeen } from "../apply/look-first.ts";
import { isComparable } from "../evidence/manual-change.ts";
import type { ReconciledService } from "../reconcile/reconcile-services.ts";
import { findInTree } from "../report/tree-faults.ts";
import { readAccountTree, type TreeService } from "../watchlist/account-tree.ts";
import { isSameService } from "../watchlist/former-names.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import { mayTreeBeOld } from "./missing-services.ts";
import { isEmptyDue } from "./trees-to-read.ts";
import type { TriggerDependencies } from "./trigger-dependencies.ts";

/**
 * Compares an account's tree with what is known: what people did in the admin page, and how many services there are.
 *
 * @param reconciled its services as this sweep has found them
 * @param deadline by when RingCX must have answered, epoch milliseconds
 * @param isTreeRead it is this account's turn
 * @returns the tree where it was read, or why it could not be
 */
export async function compareTree(
  dependencies: TriggerDependencies,
  accountId: string,
  reconciled: readonly ReconciledService[],
  { deadline, isTreeRead }: { deadline: number; isTreeRead: boolean },
): Promise<{ tree?: readonly TreeService[] | undefined; error?: unknown }> {
  const { blastRadius } = dependencies;
  const isRead = isTreeRead && (reconciled.length > 0 || (await isEmptyDue(dependencies, accountId)));
  const [reading] = await Promise.allSettled(isRead ? [readAccountTree(dependencies, accountId, deadline)] : []);
  if (reconciled.length === 0) return outcomeOf(reading);
  const tree = reading?.status === "fulfilled" ? reading.value : undefined;
  await blastRadius.refresh(accountId, (tree ?? reconciled).length, tree ? "all" : "known");
  if (tree) {
    await noteShownNames(dependencies, accountId, reconciled, tree);
    const inTree = findInTree(tree);
    for (const one of reconciled) {
      const { service, record: before } = one;
      await recordManualChange(dependencies, { service, before, deadline }, inTree(one));
    }
  }
  return outcomeOf(reading);
}

/** Writes down what people call services by now: commands and deletions go by the id, and whoever sends one by a name. */
async function noteShownNames(
  dependencies: TriggerDependencies,
  accountId: string,
  reconciled: readonly ReconciledService[],
  tree: readonly TreeService[],
): Promise<void> {
  const byId = new Map(tree.map((one) => [one.serviceId, one.name]));
  const changed = reconciled.flatMap(({ service }) => {
    const shown = byId.get(service.serviceId);
    if (!shown || service.isUndeclared) return [];
    const shownAs = isSameService(shown, service.name) ? undefined : displayName(shown);
    return shownAs === service.shownAs ? [] : [{ name: service.name, shownAs }];
  });
  if (changed.length === 0 || (await mayTreeBeOld(dependencies, accountId))) return;
  for (const { name, shownAs } of changed) await dependencies.table.update(serviceRecordKey(name), { shownAs });
}

function outcomeOf(reading: PromiseSettledResult<TreeService[]> | undefined) {
  return reading?.status === "rejected" ? { error: reading.reason } : { tree: reading?.value };
}

/** A service, and its record as it was before RingCX was asked. */
interface SeenBefore {
  service: WatchedService;
  before: StoredActivation;
  /** By when RingCX must have answered, epoch milliseconds. */
  deadline: number;
}

/** Takes what a person did in the admin page into the record, and publishes it. */
async function recordManualChange(
  dependencies: TriggerDependencies,
  { service, before, deadline }: SeenBefore,
  inTree: TreeService | undefined,
): Promise<void> {
  const { activation, clock } = dependencies;
  if (inTree?.isEnabled === undefined) return;
  const isAsKnown = lastKnownState(before)?.isActive === inTree.isEnabled;
  if (isAsKnown && failoverMemoryOf(before).seenActive === undefined) return;
  const record = await unlessUnderWay(activation.get(service.name));
  if (!record || !isComparable(before, record)) return;
  // The tree may be older than what we know of the service: then nobody has undone it.
  if (!isSurelyShown(record, inTree.isEnabled, clock.now())) return;
  await takeInSeen(dependencies, { service, record, deadline }, inTree.isEnabled, { isSure: false });
}
