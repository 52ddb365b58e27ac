import { unknownIds } from "../../../shared/activation/service-ids.ts";
import type { RingCxAccount } from "../../../shared/ringcx/client/api.ts";
import { isMissing, isSurelyGone } from "../../../shared/ringcx/client/surely-gone.ts";
import { RingCxForbiddenError, RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import type { ReconciledService } from "../reconcile/reconcile-services.ts";
import { openFaults } from "../report/fault-report.ts";
import { findInTree, goneKey, isInOutage } from "../report/tree-faults.ts";
import type { TreeService } from "../watchlist/account-tree.ts";
import type { RecordedService } from "../watchlist/watched-services.ts";
import type { TriggerDependencies } from "./trigger-dependencies.ts";

/** Services with something to end that their account's tree does not show. */
export interface MissingServices {
  /** RingCX surely has them no more. */
  gone: ReadonlySet<ReconciledService>;
  /** Nobody can say: the tree may be older than what was just written. */
  unsure: ReadonlySet<ReconciledService>;
}

/**
 * For how long a read may be older than what was written to an account, in milliseconds: asked when its services have been read
 * from the table and nothing was done yet. What the sweep itself sends takes no service out of a list. No request.
 */
export async function unshownInSweep(
  { ringcxFor }: Pick<TriggerDependencies, "ringcxFor">,
  accountId: string,
  services: readonly RecordedService[],
): Promise<number> {
  // Whatever begins in this sweep is looked for by the next one.
  if (!services.some(isInOutage)) return Number.POSITIVE_INFINITY;
  return unshownIn(ringcxFor, accountId);
}

/** Whether a tree that is read from now on may be older than what was written to the account, by whomever of us. No request. */
export async function mayTreeBeOld(
  { ringcxFor }: Pick<TriggerDependencies, "ringcxFor">,
  accountId: string,
): Promise<boolean> {
  return (await unshownIn(ringcxFor, accountId)) > 0;
}

async function unshownIn(ringcxFor: TriggerDependencies["ringcxFor"], accountId: string): Promise<number> {
  try {
    return await ringcxFor(accountId).account(accountId, { priority: "rotation" }).unshownMs();
  } catch {
    // Where that cannot be read nothing is concluded, and everything else goes on.
    return Number.POSITIVE_INFINITY;
  }
}

/**
 * Tells the services that are gone from those that the tree does not show yet. Of one that was told as gone that stands; of
 * others one GET each says so.
 */
export async function findMissing(
  dependencies: TriggerDependencies,
  accountId: string,
  { reconciled, tree }: { reconciled: readonly ReconciledService[]; tree: readonly TreeService[] },
  { unshownMs, deadline }: { unshownMs: number; deadline: number },
): Promise<MissingServices> {
  const inTree = findInTree(tree);
  const missing = reconciled.filter((one) => isInOutage(one) && !inTree(one));
  if (missing.length === 0) return noneMissing;
  const told = await openFaults(dependencies, accountId);
  const account = dependencies.ringcxFor(accountId).account(accountId, { priority: "rotation", deadline });
  const gone = new Set<ReconciledService>();
  for (const one of missing) {
    const isGone = goneKey(one.service) in told || wasNotThere(one) || (await isGoneNow(account, one, unshownMs));
    if (isGone) gone.add(one);
  }
  return { gone, unsure: new Set(missing.filter((one) => !gone.has(one))) };
}

/** Where no tree was read. */
export const noneMissing: MissingServices = { gone: new Set(), unsure: new Set() };

/** Whether a failure says no more than that a service is not there, which is told once, or is not sure yet. */
export function isSaidByTree(one: ReconciledService, { gone, unsure }: MissingServices): boolean {
  const isNotThere = one.error instanceof RingCxNotFoundError || one.error instanceof RingCxForbiddenError;
  return isNotThere && (gone.has(one) || unsure.has(one));
}

/** Whether a write that was sent to it just now found nothing: it sees what is, however old a read may be. */
function wasNotThere({ service, error }: ReconciledService): boolean {
  return (
    error instanceof RingCxNotFoundError &&
    error.operation === "services.setActive" &&
    error.ids.serviceId === service.serviceId
  );
}

async function isGoneNow(
  account: RingCxAccount,
  { service: { serviceGroupId, serviceId } }: ReconciledService,
  unshownMs: number,
): Promise<boolean> {
  const read = () => account.services.get(serviceGroupId, serviceId);
  const isThere = async () => serviceId !== unknownIds.serviceId && !(await isMissing(read));
  // Where RingCX does not answer the next sweep asks.
  return (await isSurelyGone(unshownMs, isThere).catch(() => undefined)) === true;
}
