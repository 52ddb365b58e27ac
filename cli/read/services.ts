import {
  activationsOfAccount,
  emptyActivation,
  type StoredActivation,
} from "../../shared/records/account/activation.ts";
import { fromItem } from "../../shared/records/account/activation-item.ts";
import { type FailoverMemory, failoverMemoryOf } from "../../shared/records/account/failover-memory.ts";
import { arrivingAmong, isEnded } from "../../shared/records/account/moving-activation.ts";
import { isMadeBy, openMessagesOfAccount } from "../../shared/records/account/open-message.ts";
import { creationIntentKey, serviceCreationsOfAccount } from "../../shared/records/account/resource-markers.ts";
import { type ServiceRecord, serviceRecordFromItem, servicesOfAccount } from "../../shared/records/account/service.ts";
import { taggedServiceSchema, taggedServicesOfAccount } from "../../shared/records/account/tagged-service.ts";
import {
  accountPartition,
  displayName,
  type ServiceName,
  serviceNameFromPath,
} from "../../shared/records/service-name.ts";
import type { Item, StateTable } from "../../shared/state/table.ts";
import { isUnreadable, readableItem } from "../../shared/state/unreadable-item.ts";

/** A service as the table knows it. */
export interface KnownService {
  name: ServiceName;
  /** All that messages declared of it; none where only a command, or the tag of an alarm, made it known. */
  declared: ServiceRecord | undefined;
  /** ARNs of the alarms that speak for it, whoever said so. */
  alarms: readonly string[];
  record: StoredActivation;
  memory: FailoverMemory;
  /** A message that has not ended is making it. */
  isBeingMade?: true;
  /** Which of its items cannot be read: what the others say is not all. */
  unreadable: readonly UnreadableKind[];
}

/** What an item of a service is about. */
export type UnreadableKind = "declared" | "tags" | "activation";

/** The services of an account, by name, and what of the table cannot be read. */
export interface KnownServices {
  services: readonly KnownService[];
  unreadable: readonly string[];
}

/** Everything that the table knows of an account's services: what messages declared, alarms' tags, why they are inactive. */
export async function readServices(table: StateTable, accountId: string): Promise<KnownServices> {
  const of = (prefix: string) => table.query(accountPartition(accountId), prefix);
  const [declared, tagged, activations, creations] = await Promise.all([
    of(servicesOfAccount),
    of(taggedServicesOfAccount),
    of(activationsOfAccount),
    of(serviceCreationsOfAccount),
  ]);
  const unreadable: string[] = [];
  const byPath = new Map<string, Partial<KnownService>>();
  const note = (kind: UnreadableKind, item: Item, read: (path: string) => Partial<KnownService> | undefined) => {
    const path = item.sk.slice(item.sk.indexOf("#") + 1);
    try {
      const known = read(path);
      if (known) byPath.set(path, { ...byPath.get(path), ...known });
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      unreadable.push(error.message);
      // It is known by its key: otherwise it would be missing, or said to have no reason, just where something is wrong.
      const before = byPath.get(path) ?? {};
      const name = before.name ?? serviceNameFromPath(accountId, path);
      byPath.set(path, { ...before, ...(name && { name }), unreadable: [...(before.unreadable ?? []), kind] });
    }
  };
  for (const item of declared) {
    note("declared", item, () => {
      const record = serviceRecordFromItem(item);
      if (!record) return undefined;
      const { groupName, serviceDescription, health } = record.manifest;
      return { name: { accountId, groupName, serviceDescription }, declared: record, alarms: health?.alarms ?? [] };
    });
  }
  for (const item of tagged) {
    note("tags", item, (path) => {
      const read = readableItem(taggedServiceSchema, item);
      if (read instanceof Error) throw read;
      const { groupName, serviceDescription, alarms } = read;
      const before = byPath.get(path);
      return {
        name: before?.name ?? { accountId, groupName, serviceDescription },
        alarms: [...new Set([...(before?.alarms ?? []), ...alarms])],
      };
    });
  }
  const open = creations.length > 0 ? await of(openMessagesOfAccount) : [];
  const being = new Set(
    creations.flatMap((item) => (open.some((message) => isMadeBy(item, message)) ? [item.sk] : [])),
  );
  const isBeingMade = (name: ServiceName) =>
    being.has(creationIntentKey(accountId, { kind: "httpService", ...name }).sk);
  const arriving = arrivingAmong(activations);
  for (const item of activations) {
    const path = item.sk.slice(item.sk.indexOf("#") + 1);
    // In the middle of a rename it is shown under the name that counts; what is not known otherwise has only ended.
    if (arriving.has(item.sk) || (isEnded(item) && byPath.get(path)?.declared)) byPath.delete(path);
    if (arriving.has(item.sk) || isEnded(item)) continue;
    note("activation", item, (path) => {
      const name = byPath.get(path)?.name ?? serviceNameFromPath(accountId, path);
      return { record: fromItem(item), ...(name && { name, ...(isBeingMade(name) && { isBeingMade: true }) }) };
    });
  }
  const services = [...byPath.values()].flatMap((known) => {
    const { name, declared, alarms = [], record = emptyActivation, unreadable: kinds = [], isBeingMade } = known;
    const memory = failoverMemoryOf(record);
    if (name === undefined) return [];
    return [{ name, declared, alarms, record, memory, unreadable: kinds, ...(isBeingMade && { isBeingMade }) }];
  });
  services.sort((a, b) => displayName(a.name).localeCompare(displayName(b.name)));
  return { services, unreadable };
}
