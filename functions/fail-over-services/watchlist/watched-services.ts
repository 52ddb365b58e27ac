import type * as z from "zod";
import type { Health } from "../../../shared/contract/fields/health.ts";
import type { Validation } from "../../../shared/contract/fields/validation.ts";
import { activationKey, emptyActivation, type StoredActivation } from "../../../shared/records/account/activation.ts";
import {
  serviceRecordKey,
  serviceRecordSchema,
  servicesOfAccount,
  validationRequestOf,
} from "../../../shared/records/account/service.ts";
import {
  taggedServiceKey,
  taggedServiceSchema,
  taggedServicesOfAccount,
} from "../../../shared/records/account/tagged-service.ts";
import { alarmLinkSchema, alarmPartition } from "../../../shared/records/alarm-links.ts";
import { accountPartition, type ServiceName } from "../../../shared/records/service-name.ts";
import type { Item } from "../../../shared/state/table.ts";
import { parseItem } from "../../../shared/state/unreadable-item.ts";
import type { WatchlistDependencies } from "./alarm-tags.ts";

/** A service as failover needs it: where it is in RingCX, and how its manifest wants it watched. */
export interface WatchedService {
  name: ServiceName;
  serviceGroupId: number;
  serviceId: number;
  health: Health;
  /** ARNs of the alarms that speak for its endpoint, whoever said so. */
  alarms: readonly string[];
  /** The request that shows whether its endpoint works, where the manifest declares one. */
  validation: (Validation & { url: string }) | undefined;
  /** `providerName` of the auth config whose credential the probe places. */
  authConfig: string | undefined;
}

/** A service, and its activation record as it was read with it. */
export interface RecordedService {
  service: WatchedService;
  record: StoredActivation;
}

/** A service that no manifest declares: it has no probe and no wishes of its own. */
export function undeclaredService(
  name: ServiceName,
  { serviceGroupId, serviceId }: { serviceGroupId: number; serviceId: number },
  alarms: readonly string[] = [],
): WatchedService {
  return { name, serviceGroupId, serviceId, health: {}, alarms, authConfig: undefined, validation: undefined };
}

/**
 * The names of the services that depend on an alarm: a manifest names the alarm, or a tag of the alarm the service.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export async function servicesOfAlarm(
  { table }: Pick<WatchlistDependencies, "table">,
  alarmArn: string,
): Promise<ServiceName[]> {
  const links = await table.query(alarmPartition(alarmArn));
  return links.map((link) => parseItem(alarmLinkSchema, link));
}

/** One service, in one round trip; `undefined` when neither a manifest nor a tag made it known. */
export async function readWatchedService(
  { table, activation }: Pick<WatchlistDependencies, "table" | "activation">,
  name: ServiceName,
): Promise<RecordedService | undefined> {
  const [declared, tagged, record] = await Promise.all([
    table.get(serviceRecordKey(name)),
    table.get(taggedServiceKey(name)),
    activation.get(name),
  ]);
  const service = watchedService(name.accountId, { declared, tagged });
  return service && { service, record };
}

/** The services of an account that a manifest or a tag made known, in one round trip. */
export async function readWatchedServices(
  { table, activation }: Pick<WatchlistDependencies, "table" | "activation">,
  accountId: string,
): Promise<RecordedService[]> {
  const [declared, tagged, records] = await Promise.all([
    table.query(accountPartition(accountId), servicesOfAccount),
    table.query(accountPartition(accountId), taggedServicesOfAccount),
    activation.ofAccount(accountId),
  ]);
  const services = new Map<string, ServiceItems>();
  for (const item of declared) services.set(pathOf(item), { declared: item });
  for (const item of tagged) services.set(pathOf(item), { ...services.get(pathOf(item)), tagged: item });
  return [...services.values()].flatMap((items) => {
    const service = watchedService(accountId, items);
    if (!service) return [];
    return [{ service, record: records.get(activationKey(service.name).sk) ?? emptyActivation }];
  });
}

/** What the table knows of one service: what a message declared, and what a tag names. */
interface ServiceItems {
  declared?: Item | undefined;
  tagged?: Item | undefined;
}

/** The same for a service's declared and its tagged item. */
function pathOf({ sk }: Item): string {
  return sk.slice(sk.indexOf("#") + 1);
}

/** An item that cannot be read is passed over: what is known without it must still be watched. */
function watchedService(accountId: string, items: ServiceItems): WatchedService | undefined {
  const declared = declaredService(items.declared);
  const tagged = taggedServiceSchema.safeParse(items.tagged).data;
  if (!declared) {
    if (!tagged) return undefined;
    const { groupName, serviceDescription, alarms } = tagged;
    return undeclaredService({ accountId, groupName, serviceDescription }, tagged, alarms);
  }
  const { serviceGroupId, serviceId, manifest } = declared;
  const { groupName, serviceDescription, authConfig, health = {} } = manifest;
  return {
    name: { accountId, groupName, serviceDescription },
    serviceGroupId,
    serviceId,
    health,
    alarms: [...new Set([...(health.alarms ?? []), ...(tagged?.alarms ?? [])])],
    authConfig,
    validation: validationRequestOf(manifest),
  };
}

/** What provisioning keeps of a service, as far as it matters here: what does not parse is not watched by its manifest. */
const declaredServiceSchema = serviceRecordSchema.pick({ serviceGroupId: true, serviceId: true, manifest: true });

function declaredService(item: Item | undefined): z.output<typeof declaredServiceSchema> | undefined {
  return declaredServiceSchema.safeParse(item).data;
}
