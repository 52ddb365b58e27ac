import * as z from "zod";
import { type Health, healthSchema } from "../../shared/contract/health.ts";
import { type Validation, validationSchema } from "../../shared/contract/validation.ts";
import { keys, type ServiceName } from "../../shared/state/keys.ts";
import type { StateTable } from "../../shared/state/table.ts";

/** A service as failover needs it: where it is in RingCX, and how its manifest wants it watched. */
export interface WatchedService {
  name: ServiceName;
  serviceGroupId: number;
  serviceId: number;
  health: Health;
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

/** The services of an account that a manifest made known. */
export async function servicesOfAccount(table: StateTable, accountId: string): Promise<WatchedService[]> {
  const items = await table.query(keys.account(accountId), "SERVICE#");
  return items.flatMap((item) => watchedService(accountId, item) ?? []);
}

/** The services that depend on an alarm. */
export async function servicesOfAlarm(table: StateTable, alarmArn: string): Promise<WatchedService[]> {
  const links = await table.query(keys.alarm(alarmArn), "SERVICE#");
  const services = await Promise.all(links.map((link) => serviceNamed(table, linkSchema.parse(link))));
  return services.flatMap((service) => service ?? []);
}

/** One service; `undefined` when no manifest made it known. */
export async function serviceNamed(table: StateTable, name: ServiceName): Promise<WatchedService | undefined> {
  return watchedService(name.accountId, await table.get(keys.service(name)));
}

/** How people call it. */
export function titleOf({ groupName, serviceDescription }: ServiceName): string {
  return `${groupName}/${serviceDescription}`;
}

function watchedService(accountId: string, item: unknown): WatchedService | undefined {
  const { data } = itemSchema.safeParse(item);
  if (!data) return undefined;
  const { serviceGroupId, serviceId, manifest } = data;
  const { groupName, serviceDescription, authConfig, health = {}, validation } = manifest;
  const url = validation?.url ?? manifest.httpServiceConfig?.url ?? manifest.soapEndpoint;
  return {
    name: { accountId, groupName, serviceDescription },
    serviceGroupId,
    serviceId,
    health,
    authConfig,
    validation: validation && url !== undefined && URL.canParse(url) ? { ...validation, url } : undefined,
  };
}
