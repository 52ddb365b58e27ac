import { unlessUnderWay } from "../../../shared/activation/intents.ts";
import { unknownIds } from "../../../shared/activation/service-ids.ts";
import { activationKey } from "../../../shared/records/account/activation.ts";
import { endedActivation } from "../../../shared/records/account/moving-activation.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import type { ReconciledService } from "../reconcile/reconcile-services.ts";
import type { TreeService } from "../watchlist/account-tree.ts";
import { findByFormerName, isKnownElsewhere } from "../watchlist/former-names.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import { mayTreeBeOld } from "./missing-services.ts";
import type { TriggerDependencies } from "./trigger-dependencies.ts";

/**
 * Ends the activation record that a service has left under a name that it had before, or that an old tree made of it: nothing in
 * RingCX has that name, and the service has a record under another. One id, one record.
 *
 * @returns those that are left
 */
export async function endFormerRecords(
  dependencies: TriggerDependencies,
  accountId: string,
  reconciled: readonly ReconciledService[],
  tree: readonly TreeService[],
): Promise<readonly ReconciledService[]> {
  const { activation, clock, table } = dependencies;
  const listed = new Set(tree.map(({ name }) => displayName(name)));
  const ended = new Set<ReconciledService>();
  for (const one of reconciled) {
    const { service, record } = one;
    if (!service.isUndeclared || listed.has(displayName(service.name))) continue;
    if (!(await hasOtherRecord(dependencies, service)) || (await mayTreeBeOld(dependencies, accountId))) continue;
    const now = await unlessUnderWay(activation.get(service.name));
    if (now?.version !== record.version || record.version === "absent") continue;
    await table.put(endedActivation(activationKey(service.name), clock.now()), record.version);
    ended.add(one);
  }
  return reconciled.filter((one) => !ended.has(one));
}

async function hasOtherRecord({ table }: TriggerDependencies, { name, serviceId }: WatchedService): Promise<boolean> {
  if (serviceId !== unknownIds.serviceId) return isKnownElsewhere(table, name, serviceId);
  return (await findByFormerName(table, name)) !== undefined;
}
