import type * as z from "zod";
import { ChangeUnderWayError } from "../../../shared/activation/intents.ts";
import { unknownIds } from "../../../shared/activation/service-ids.ts";
import type { Health } from "../../../shared/contract/fields/health.ts";
import type { Validation } from "../../../shared/contract/fields/validation.ts";
import type { AutomationError } from "../../../shared/primitives/errors.ts";
import {
  activationKey,
  activationsOfAccount,
  emptyActivation,
  type StoredActivation,
} from "../../../shared/records/account/activation.ts";
import { failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
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
import {
  accountPartition,
  displayName,
  type ServiceName,
  serviceNameFromPath,
} from "../../../shared/records/service-name.ts";
import type { Item } from "../../../shared/state/table.ts";
import { isUnreadable, readableItem } from "../../../shared/state/unreadable-item.ts";
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
  /** What RingCX calls it by now, `group/service`, where a person has given it another name. */
  shownAs?: string | undefined;
  /** Not all that speaks for it can be read: it may go out by what is known, but nothing counts as quiet. */
  isPartial?: true;
  /** No manifest declares it. */
  isUndeclared?: true;
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
  const unknown = { health: {}, authConfig: undefined, validation: undefined };
  return { name, serviceGroupId, serviceId, alarms, ...unknown, isUndeclared: true };
}

/**
 * One service, in one round trip; `undefined` when neither a manifest nor a tag made it known.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`: how it is to be watched is not known, so nothing is done to it
 * @throws {ChangeUnderWayError} it is being renamed, made or deleted: nothing can be concluded from what is there of it
 */
export async function readWatchedService(
  { table, activation }: Pick<WatchlistDependencies, "table" | "activation">,
  name: ServiceName,
): Promise<RecordedService | undefined> {
  const [declared, tagged, record] = await Promise.all([
    table.get(serviceRecordKey(name)),
    table.get(taggedServiceKey(name)),
    activation.get(name, { isAnew: true }),
  ]);
  if (isMovingAway(record, declared)) throw new ChangeUnderWayError(displayName(name));
  const { service, unreadable } = watchedService(name.accountId, { declared, tagged });
  if (!service && unreadable[0]) throw unreadable[0];
  return service && { service: seenToItsEnd(service, record), record };
}

/** An item of an account that cannot be read. */
export interface UnreadableItem {
  /** `ITEM_UNREADABLE`. */
  error: AutomationError;
  /** The service that it is about, as its key says. */
  path: string;
}

/** The services that an account has, as far as they can be read. */
export interface AccountServices {
  services: RecordedService[];
  /** What cannot be read. Where nothing is left that says how a service is to be watched, nothing is done to it. */
  unreadable: UnreadableItem[];
  /** Activation records of services to which nothing is done: an outage may be open in them. */
  untouched: StoredActivation[];
  /** Of services that nothing else makes known, with nothing to end. */
  settled: RecordedService[];
  /** Some are being renamed, made or deleted: they are not among these, and nothing is concluded from that. */
  areMoving: boolean;
}

/**
 * The services of an account that a manifest or a tag made known, in one round trip. Those that are in the middle of a change
 * are left out.
 */
export async function readWatchedServices(
  dependencies: Pick<WatchlistDependencies, "table" | "activation">,
  accountId: string,
): Promise<AccountServices> {
  const { table, activation } = dependencies;
  const [declared, tagged, activations] = await Promise.all([
    table.query(accountPartition(accountId), servicesOfAccount),
    table.query(accountPartition(accountId), taggedServicesOfAccount),
    activation.ofAccount(accountId),
  ]);
  const items = new Map<string, ServiceItems>();
  for (const item of declared) items.set(pathOf(item), { declared: item });
  for (const item of tagged) items.set(pathOf(item), { ...items.get(pathOf(item)), tagged: item });
  const areMoving = activations.arriving.size > 0;
  const found: AccountServices = { services: [], unreadable: [], untouched: [], settled: [], areMoving };
  for (const [sk, error] of activations.unreadable) found.unreadable.push({ error, path: pathOf({ sk }) });
  for (const [path, one] of items) {
    const { service, unreadable } = watchedService(accountId, one);
    found.unreadable.push(...unreadable.map((error) => ({ error, path })));
    const sk = service ? activationKey(service.name).sk : `${activationsOfAccount}${path}`;
    const record = activations.records.get(sk);
    if (activations.arriving.has(sk)) continue;
    if (record && isMovingAway(record, one.declared)) found.areMoving = true;
    else if (!service) found.untouched.push(...(record ? [record] : []));
    else if (!activations.unreadable.has(sk)) {
      const known = record ?? emptyActivation;
      found.services.push({ service: seenToItsEnd(service, known), record: known });
    }
  }
  // Whatever has something to end is seen to its end, whoever made it known, and whether anybody still does.
  for (const [sk, record] of activations.records) {
    const path = pathOf({ sk });
    const name = items.has(path) || record.isEnded ? undefined : serviceNameFromPath(accountId, path);
    if (!name) continue;
    if (!hasSomethingToEnd(record)) {
      found.settled.push({ service: undeclaredService(name, unknownIds), record });
      continue;
    }
    const recorded = await readUnlisted(dependencies, name, record);
    if (recorded) found.services.push(recorded);
    else found.areMoving = true;
  }
  return found;
}

/**
 * A service of which there was nothing but an activation record: the lists are not of one moment, so its item may have been
 * made, or have got another name, between them.
 *
 * @param record as it was listed
 * @returns `undefined` while it is in the middle of a change
 */
async function readUnlisted(
  dependencies: Pick<WatchlistDependencies, "table" | "activation">,
  name: ServiceName,
  record: StoredActivation,
): Promise<RecordedService | undefined> {
  try {
    const known = await readWatchedService(dependencies, name);
    if (known) return known;
    // If nobody has written it, it had not moved when its item was not there.
    if ((await dependencies.activation.get(name)).version !== record.version) return undefined;
    return { service: undeclaredService(name, unknownIds, outageAlarms(record)), record };
  } catch (error) {
    if (error instanceof ChangeUnderWayError || isUnreadable(error)) return undefined;
    throw error;
  }
}

/** Its record has ended, and its own item is not gone yet: it has another name, or none. */
function isMovingAway(record: StoredActivation, declared: Item | undefined): boolean {
  return record.isEnded === true && declared?.manifest !== undefined;
}

/** Whether a record says something that does not stay as it is for good. */
function hasSomethingToEnd(record: StoredActivation): boolean {
  const { trial, suppressed, observedOutage, observedSuppressed } = failoverMemoryOf(record);
  return (
    record.reasons.some(({ kind }) => kind !== "RETIRED") ||
    [
      ...[record.handsOff, record.override, record.intents],
      ...[trial, suppressed, observedOutage, observedSuppressed],
    ].some((one) => one !== undefined)
  );
}

/** Those that speak for its outage, as far as nothing else says which. */
function outageAlarms(record: StoredActivation): readonly string[] {
  const { suppressed, observedOutage, observedSuppressed } = failoverMemoryOf(record);
  const outages = [...openOutages(record), suppressed, observedOutage, observedSuppressed];
  return [...new Set(outages.flatMap((one) => one?.alarms ?? []))];
}

function openOutages({ reasons }: StoredActivation) {
  return reasons.filter((reason) => reason.kind === "OUTAGE");
}

/**
 * The service, watched by the alarms that its open outage began with as well: a manifest or tag that names one of them no
 * more says nothing about whether the endpoint works again.
 */
function seenToItsEnd(service: WatchedService, record: StoredActivation): WatchedService {
  const begunWith = openOutages(record).flatMap(({ alarms }) => alarms);
  return { ...service, alarms: [...new Set([...service.alarms, ...begunWith])] };
}

/** What the table knows of one service: what a message declared, and what a tag names. */
interface ServiceItems {
  declared?: Item | undefined;
  tagged?: Item | undefined;
}

/** The same for a service's declared and its tagged item, and its activation record. */
function pathOf({ sk }: Pick<Item, "sk">): string {
  return sk.slice(sk.indexOf("#") + 1);
}

/**
 * A service as its items say. Without its manifest's item it is not known what must not be done to it, so nothing is;
 * without its tag's item it is watched by its manifest, in part.
 */
function watchedService(
  accountId: string,
  items: ServiceItems,
): { service: WatchedService | undefined; unreadable: AutomationError[] } {
  const declared = declaredService(items.declared);
  const tagged = items.tagged && readableItem(taggedServiceSchema, items.tagged);
  const unreadable = [declared, tagged].filter((one) => isUnreadable(one));
  if (isUnreadable(declared)) return { service: undefined, unreadable };
  if (!declared) {
    if (!tagged || isUnreadable(tagged)) return { service: undefined, unreadable };
    const { groupName, serviceDescription, alarms } = tagged;
    return { service: undeclaredService({ accountId, groupName, serviceDescription }, tagged, alarms), unreadable };
  }
  const { serviceGroupId, serviceId, shownAs, manifest } = declared;
  const { groupName, serviceDescription, authConfig, health = {} } = manifest;
  const taggedAlarms = isUnreadable(tagged) ? [] : (tagged?.alarms ?? []);
  const service: WatchedService = {
    name: { accountId, groupName, serviceDescription },
    serviceGroupId,
    serviceId,
    health,
    alarms: [...new Set([...(health.alarms ?? []), ...taggedAlarms])],
    authConfig,
    validation: validationRequestOf(manifest),
    ...(shownAs !== undefined && { shownAs }),
    ...(unreadable.length > 0 && { isPartial: true }),
  };
  return { service, unreadable };
}

/** What provisioning keeps of a service, as far as it matters here. */
const declaredServiceSchema = serviceRecordSchema.pick({
  serviceGroupId: true,
  serviceId: true,
  shownAs: true,
  manifest: true,
});

/** Nothing where no message declared it: correcting the ids of a service that only a tag names leaves an item, too. */
function declaredService(item: Item | undefined): z.output<typeof declaredServiceSchema> | AutomationError | undefined {
  return item?.manifest === undefined ? undefined : readableItem(declaredServiceSchema, item);
}
