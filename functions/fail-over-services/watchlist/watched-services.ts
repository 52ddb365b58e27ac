import * as z from "zod";
import type { ActivationStore } from "../../../shared/activation/activation-store.ts";
import { type Health, healthSchema } from "../../../shared/contract/fields/health.ts";
import { type Validation, validationSchema } from "../../../shared/contract/fields/validation.ts";
import { activationKey, emptyActivation, type StoredActivation } from "../../../shared/records/account/activation.ts";
import { serviceRecordKey, servicesOfAccount } from "../../../shared/records/account/service.ts";
import { taggedServiceKey, taggedServicesOfAccount } from "../../../shared/records/account/tagged-service.ts";
import { alarmPartition } from "../../../shared/records/alarm-links.ts";
import { accountPartition, type ServiceName } from "../../../shared/records/service-name.ts";
import type { Item, StateTable } from "../../../shared/state/table.ts";

/** A service as failover needs it: where it is in RingCX, and how its manifest wants it watched. */
export interface WatchedService {
  name: ServiceName;
  serviceGroupId: number;
  serviceId: number;
  health: Health;
  /** ARNs of the alarms that speak for its endpoint, whoever said so. */
  alarms: readonly string[];
  /** The request that proves its endpoint, where the manifest declares one. */
  validation: (Validation & { url: string }) | undefined;
  /** `providerName` of the auth config whose credential the probe places. */
  authConfig: string | undefined;
}

// What provisioning keeps of a service, as far as it matters here.
const itemSchema = z.object({
  serviceGroupId: z.int(),
  serviceId: z.int(),
  manifest: z.object({
    groupName: z.string(),
    serviceDescription: z.string(),
    authConfig: z.string().optional(),
    health: healthSchema.optional(),
    validation: validationSchema.optional(),
    httpServiceConfig: z.looseObject({ url: z.string() }).optional(),
    soapEndpoint: z.string().optional(),
  }),
});

const linkSchema = z.object({ accountId: z.string(), groupName: z.string(), serviceDescription: z.string() });

// What the sweep keeps of a service that a tag on an alarm names.
const taggedSchema = z.object({
  ...linkSchema.shape,
  serviceGroupId: z.int(),
  serviceId: z.int(),
  alarms: z.array(z.string()),
});

/** A service, and its activation record as it was read with it. */
export interface Watched {
  service: WatchedService;
  record: StoredActivation;
}

interface Source {
  table: StateTable;
  activation: ActivationStore;
}

/** The names of the services that depend on an alarm: a manifest names the alarm, or a tag of the alarm the service. */
export async function servicesOfAlarm(table: StateTable, alarmArn: string): Promise<ServiceName[]> {
  const links = await table.query(alarmPartition(alarmArn));
  return links.map((link) => linkSchema.parse(link));
}

/** One service, in one round trip; `undefined` when neither a manifest nor a tag made it known. */
export async function watchedNamed({ table, activation }: Source, name: ServiceName): Promise<Watched | undefined> {
  const [declared, tagged, record] = await Promise.all([
    table.get(serviceRecordKey(name)),
    table.get(taggedServiceKey(name)),
    activation.get(name),
  ]);
  const service = watchedService(name.accountId, declared, tagged);
  return service && { service, record };
}

/** The services of an account that a manifest or a tag made known, in one round trip. */
export async function watchedOfAccount({ table, activation }: Source, accountId: string): Promise<Watched[]> {
  const [declared, tagged, records] = await Promise.all([
    table.query(accountPartition(accountId), servicesOfAccount),
    table.query(accountPartition(accountId), taggedServicesOfAccount),
    activation.ofAccount(accountId),
  ]);
  const services = new Map<string, { declared?: Item; tagged?: Item }>();
  for (const item of declared) services.set(pathOf(item.sk), { declared: item });
  for (const item of tagged) services.set(pathOf(item.sk), { ...services.get(pathOf(item.sk)), tagged: item });
  return [...services.values()].flatMap((items) => {
    const service = watchedService(accountId, items.declared, items.tagged);
    if (!service) return [];
    return [{ service, record: records.get(activationKey(service.name).sk) ?? emptyActivation }];
  });
}

function pathOf(sk: string): string {
  return sk.slice(sk.indexOf("#") + 1);
}

/** How people call it. */
export function titleOf({ groupName, serviceDescription }: ServiceName): string {
  return `${groupName}/${serviceDescription}`;
}

function watchedService(
  accountId: string,
  declaredItem: Item | undefined,
  taggedItem: Item | undefined,
): WatchedService | undefined {
  const declared = itemSchema.safeParse(declaredItem).data;
  const tagged = taggedSchema.safeParse(taggedItem).data;
  if (!declared) {
    if (!tagged) return undefined;
    const { groupName, serviceDescription, serviceGroupId, serviceId, alarms } = tagged;
    const name = { accountId, groupName, serviceDescription };
    return { name, serviceGroupId, serviceId, health: {}, alarms, authConfig: undefined, validation: undefined };
  }
  const { serviceGroupId, serviceId, manifest } = declared;
  const { groupName, serviceDescription, authConfig, health = {}, validation } = manifest;
  const url = validation?.url ?? manifest.httpServiceConfig?.url ?? manifest.soapEndpoint;
  return {
    name: { accountId, groupName, serviceDescription },
    serviceGroupId,
    serviceId,
    health,
    alarms: [...new Set([...(health.alarms ?? []), ...(tagged?.alarms ?? [])])],
    authConfig,
    validation: validation && url !== undefined && URL.canParse(url) ? { ...validation, url } : undefined,
  };
}
