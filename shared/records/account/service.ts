import * as z from "zod";
import type { Validation } from "../../contract/fields/validation.ts";
import type { Item, Key } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { generationSchema } from "../generation.ts";
import { accountItemKey, type ServiceName, servicePath } from "../service-name.ts";

/** What do we know of this service? */
export function serviceRecordKey(name: ServiceName): Key {
  return accountItemKey(name.accountId, `${servicesOfAccount}${servicePath(name)}`);
}

/** How the `sk` of every service of an account begins. */
export const servicesOfAccount = "SERVICE#";

// Loose, unlike the contract's: what was accepted once is read for good, and fields of a later version are kept.
const storedValidationSchema = z.looseObject({
  method: z.enum(["GET", "HEAD", "POST"]).default("GET"),
  /** The service's own, where it is not said. */
  url: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.json().optional(),
  credential: z
    .looseObject({ in: z.enum(["HEADER", "QUERY_PARAM"]), name: z.string(), prefix: z.string().optional() })
    .optional(),
  expect: z
    .looseObject({
      status: z.union([z.int(), z.array(z.int())]).default(200),
      schema: z.record(z.string(), z.json()).optional(),
      contains: z.string().optional(),
    })
    .prefault({}),
});

const storedHealthSchema = z.looseObject({
  alarms: z.array(z.string()).optional(),
  recovery: z.enum(["automatic", "manual"]).optional(),
  recoverAfterSeconds: z.number().optional(),
  watch: z.literal("probe").optional(),
  neverDeactivate: z.boolean().optional(),
  priority: z.number().optional(),
  mode: z.enum(["enforce", "observe", "off"]).optional(),
});

/** All that messages have declared of a service. Nothing in it is secret. */
const storedServiceManifestSchema = z.looseObject({
  groupName: z.string(),
  serviceDescription: z.string(),
  serviceType: z.string().optional(),
  httpServiceConfig: z.looseObject({ url: z.string().optional() }).optional(),
  soapEndpoint: z.string().optional(),
  /** `providerName` of the auth config that it is called with. */
  authConfig: z.string().optional(),
  isEnabled: z.boolean().optional(),
  validation: storedValidationSchema.optional(),
  health: storedHealthSchema.optional(),
});
export type StoredServiceManifest = z.output<typeof storedServiceManifestSchema>;

/** The item as it is stored. Who reads it often, and little of it, parses a `pick` of it. */
export const serviceRecordSchema = z.object({
  accountId: z.string().optional(),
  groupName: z.string().optional(),
  serviceDescription: z.string().optional(),
  serviceGroupId: z.int(),
  serviceId: z.int(),
  /** The auth config that it was seen to be linked with. */
  authConfigId: z.string().optional(),
  /** Whether a v1 read shows the link; where it does not, v2 confirmed it. */
  isLinkShownInV1: z.boolean().optional(),
  /** The path of the service, with its account, that a copy made it of or put in its place; applied messages keep it. */
  copiedFrom: z.string().optional(),
  /** Names, `group/service`, by which it was known before it was renamed, the newest first: whoever still uses one is told the new name. */
  formerNames: z.array(z.string()).optional(),
  /** What a person has called it in the admin page since, `group/service`; nothing where it has its own name there. */
  shownAs: z.string().optional(),
  /** It was made, and its message has not come to its last step: RingCX may not have what the manifest says. */
  isBegun: z.literal(true).optional(),
  manifest: storedServiceManifestSchema,
  stamp: generationSchema.optional(),
});

/** What the table knows of a service that a message made or took over. */
export type ServiceRecord = Omit<z.output<typeof serviceRecordSchema>, "stamp"> & {
  generation: z.output<typeof generationSchema> | undefined;
};

/**
 * Reads the item of a service.
 *
 * @returns `undefined` where there is no item, or one of which no message declared anything: correcting the ids of a
 *   service that is known by an alarm's tag only leaves an item that holds its ids
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export function serviceRecordFromItem(item: Item | undefined): ServiceRecord | undefined {
  if (item?.manifest === undefined) return undefined;
  const { stamp, ...record } = parseItem(serviceRecordSchema, item);
  return { ...record, manifest: withoutWrittenUrl(record.manifest), generation: stamp };
}

/** Earlier releases wrote the endpoint's URL into the validation: it was not declared, and moves with the endpoint. */
function withoutWrittenUrl(manifest: StoredServiceManifest): StoredServiceManifest {
  const { validation, httpServiceConfig, soapEndpoint } = manifest;
  if (validation?.url === undefined || validation.url !== (httpServiceConfig?.url ?? soapEndpoint)) return manifest;
  const { url: _written, ...declared } = validation;
  return { ...manifest, validation: declared };
}

/** Attributes of the item, for those parts of a record that are given. */
export function serviceRecordToItem({ generation, ...record }: Partial<ServiceRecord>): Record<string, unknown> {
  return { ...record, ...(generation && { stamp: generation }) };
}

/**
 * The request that proves a service's endpoint, with its URL: the validation's own or the service's.
 *
 * @returns `undefined` where the manifest declares none, or no URL that can be asked (it may be a template of RingCX's)
 */
export function validationRequestOf({
  validation,
  httpServiceConfig,
  soapEndpoint,
}: Pick<StoredServiceManifest, "validation" | "httpServiceConfig" | "soapEndpoint">):
  | (Validation & { url: string })
  | undefined {
  const url = validation?.url ?? httpServiceConfig?.url ?? soapEndpoint;
  return validation && url !== undefined && URL.canParse(url) ? { ...validation, url } : undefined;
}
