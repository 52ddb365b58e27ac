import { unlessUnderWay } from "../../../shared/activation/intents.ts";
import { isHalfMade } from "../../../shared/activation/reasons.ts";
import { unknownIds } from "../../../shared/activation/service-ids.ts";
import { activationKey } from "../../../shared/records/account/activation.ts";
import { endedActivation } from "../../../shared/records/account/moving-activation.ts";
import { serviceRecordKey, servicesOfAccount } from "../../../shared/records/account/service.ts";
import { alarmServiceKey } from "../../../shared/records/alarm-links.ts";
import { accountPartition, displayName } from "../../../shared/records/service-name.ts";
import type { TreeService } from "../watchlist/account-tree.ts";
import { formerlyNamed, isElsewhere, isMessageAbout, isSameService } from "../watchlist/former-names.ts";
import type { RecordedService } from "../watchlist/watched-services.ts";
import { mayTreeBeOld } from "./missing-services.ts";
import type { TriggerDependencies } from "./trigger-dependencies.ts";

/**
 * Ends the activation records that services have left under names that they had before, or that an old tree made of them: nothing
 * in RingCX has that name, no message is about to give it, and the service has a record under another. One id, one record. Those of
 * half-made services that are no more, or never were, end likewise.
 *
 * @param recorded services with their activation records, whatever these say
 * @returns those whose record has ended
 */
export async function endFormerRecords(
  dependencies: TriggerDependencies,
  accountId: string,
  recorded: readonly RecordedService[],
  tree: readonly TreeService[],
): Promise<ReadonlySet<RecordedService>> {
  const { activation, clock, table } = dependencies;
  const ended = new Set<RecordedService>();
  const listed = new Set(tree.map(({ name }) => displayName(name)));
  const unlisted = recorded.filter(
    ({ service, record }) => (service.isUndeclared || isHalfMade(record)) && !listed.has(displayName(service.name)),
  );
  if (unlisted.length === 0 || (await mayTreeBeOld(dependencies, accountId))) return ended;
  const declared = await table.query(accountPartition(accountId), servicesOfAccount);
  for (const one of unlisted) {
    const { name, serviceId } = one.service;
    const hasOther =
      serviceId === unknownIds.serviceId
        ? formerlyNamed(declared, name) !== undefined
        : isElsewhere(declared, name, serviceId);
    // The next service of that name has its record before it is made.
    if (!(hasOther || isNoMore(one, tree)) || (await isMessageAbout(table, name))) continue;
    const now = await unlessUnderWay(activation.get(name));
    if (now?.version !== one.record.version || one.record.version === "absent") continue;
    if ((await table.put(endedActivation(activationKey(name), clock.now()), one.record.version)) === false) continue;
    if (!one.service.isUndeclared) {
      for (const alarmArn of one.service.alarms) await table.delete(alarmServiceKey(alarmArn, name));
      await table.delete(serviceRecordKey(name));
    }
    ended.add(one);
  }
  return ended;
}

/** Whether there is nothing of a half-made service, by its id or under any spelling of its name, and nobody holds it. */
function isNoMore({ service: { name, serviceId }, record }: RecordedService, tree: readonly TreeService[]): boolean {
  const { reasons, handsOff, override, intents } = record;
  const isHeld = reasons.length > 1 || [handsOff, override, intents].some((one) => one !== undefined);
  if (!isHalfMade(record) || isHeld) return false;
  return !tree.some((shown) => shown.serviceId === serviceId || isSameService(shown.name, name));
}
