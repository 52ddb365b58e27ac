import { isDeepStrictEqual } from "node:util";
import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import { activationKey } from "../../../shared/records/account/activation.ts";
import {
  arrivesFrom,
  arrivingActivation,
  endedActivation,
  isEnded,
} from "../../../shared/records/account/moving-activation.ts";
import { creationIntentKey } from "../../../shared/records/account/resource-markers.ts";
import {
  type ServiceRecord,
  type StoredServiceManifest,
  serviceRecordFromItem,
  serviceRecordKey,
  serviceRecordToItem,
} from "../../../shared/records/account/service.ts";
import { alarmServiceKey } from "../../../shared/records/alarm-links.ts";
import { linkService, unlinkService } from "../../../shared/records/credential/auth-config-users.ts";
import { displayName, type ServiceName } from "../../../shared/records/service-name.ts";
import type { Item, StateTable } from "../../../shared/state/table.ts";
import { effectiveManifest } from "../desired/effective-manifest.ts";
import { copyTargetKey } from "../plan/ownership.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
import { type ApplyContext, type ServiceInProgress, saveRecord, serviceIdOf } from "./apply-context.ts";

/** So many names that a service had before are kept, the newest first. */
const mostFormerNames = 10;

/**
 * Writes down the service, which alarms speak for it and which auth config it uses, where that differs.
 *
 * @param saved.isBegun its last step is still to come, and perhaps never does: it is known by its id from now on, whatever
 *   somebody calls it
 */
export async function saveServiceRecord(
  context: ApplyContext,
  plan: ResourcePlan,
  resource: HttpServiceManifest,
  {
    record,
    service,
    isCreated,
    isBegun = false,
  }: { record: ServiceRecord | undefined; service: ServiceInProgress; isCreated: boolean; isBegun?: boolean },
): Promise<void> {
  const { accountId, table, generation } = context;
  const { serviceGroupId, link } = service;
  const name = { accountId, groupName: resource.groupName, serviceDescription: resource.serviceDescription };
  const ids = { ...name, serviceGroupId, serviceId: serviceIdOf(service) };
  const manifest = effectiveManifest(resource, record?.manifest);
  const copiedFrom = context.copiedFrom?.get(copyTargetKey(resource));
  const current: ServiceRecord = {
    ...ids,
    ...(copiedFrom !== undefined && { copiedFrom }),
    manifest,
    generation,
    ...(link.authConfigId !== undefined && { authConfigId: link.authConfigId }),
    ...(link.isShownInV1 !== undefined && { isLinkShownInV1: link.isShownInV1 }),
  };
  const wasBegun = record?.isBegun === true;
  const isUnchanged =
    record !== undefined && wasBegun === isBegun && isDeepStrictEqual({ ...record, ...current }, record);
  if (isUnchanged && !context.stored.creationIntents.has(plan.key)) return;

  const alarms = alarmsOf(manifest);
  await linkAlarms(table, ids, manifest);
  for (const alarmArn of alarmsOf(record?.manifest)) {
    if (!alarms.includes(alarmArn)) await table.delete(alarmServiceKey(alarmArn, name));
  }
  const authConfigId = manifest.authConfig === undefined ? undefined : link.authConfigId;
  if (authConfigId !== undefined) await linkService(table, authConfigId, ids);
  if (record?.authConfigId !== undefined && record.authConfigId !== authConfigId) {
    await unlinkService(table, record.authConfigId, name);
  }
  if (record === undefined) await forgetEnded(table, name);
  const attributes = { ...serviceRecordToItem(current), isBegun: isBegun || undefined };
  if (isBegun) await table.update(serviceRecordKey(name), attributes);
  else await saveRecord(context, resource, { key: plan.key, isCreated }, attributes);
}

/** Of a service that had the name before: with an item of its own, this one would seem to be in the middle of a change. */
async function forgetEnded(table: StateTable, name: ServiceName): Promise<void> {
  const item = await table.get(activationKey(name));
  if (item && isEnded(item)) await table.delete(activationKey(name), item.version);
}

/** What it takes to move and end what the table knows of a service. */
export type RecordDependencies = Pick<ApplyContext, "table" | "clock">;

/**
 * Gives what the table knows of a service another name: what other functions keep of it must not be lost on the way. Until its
 * activation record has ended under the old name that one counts, from then on the new one, in one write; whoever looks in
 * between sees that it is moving.
 */
export async function renameServiceRecords(
  { table, clock }: RecordDependencies,
  from: ServiceName,
  to: ServiceName,
): Promise<void> {
  const item = await table.get(serviceRecordKey(from));
  const record = serviceRecordFromItem(item);
  // Whatever gets the old name next was not begun here.
  if (record?.isBegun) await table.delete(creationIntentKey(from.accountId, { kind: "httpService", ...from }));
  // One that was made and is not written down yet has an activation record only.
  if (!item || !record) {
    const activation = await table.get(activationKey(from));
    if (activation && !isEnded(activation)) {
      await endMoved({ table, clock }, from, to, await copyActivation(table, from, to));
    }
    return;
  }
  const ids = { ...to, serviceGroupId: record.serviceGroupId, serviceId: record.serviceId };
  const before = await copyActivation(table, from, to);
  await linkAlarms(table, ids, record.manifest);
  if (record.authConfigId !== undefined) await linkService(table, record.authConfigId, ids);
  const manifest = { ...record.manifest, groupName: to.groupName, serviceDescription: to.serviceDescription };
  const formerNames = [displayName(from), ...(record.formerNames ?? [])].filter((one) => one !== displayName(to));
  await table.put({
    ...asMoved(item),
    ...serviceRecordKey(to),
    ...ids,
    manifest,
    formerNames: [...new Set(formerNames)].slice(0, mostFormerNames),
  });
  await endMoved({ table, clock }, from, to, before);
  for (const alarmArn of alarmsOf(record.manifest)) await table.delete(alarmServiceKey(alarmArn, from));
  if (record.authConfigId !== undefined) await unlinkService(table, record.authConfigId, from);
  await table.delete(serviceRecordKey(from));
}

/** Ends the record under the old name: from then on the copy counts. @param copied version of what was copied */
async function endMoved(
  { table, clock }: RecordDependencies,
  from: ServiceName,
  to: ServiceName,
  copied: number | undefined,
): Promise<void> {
  // What somebody has written of it meanwhile goes along.
  const ended = endedActivation(activationKey(from), clock.now());
  for (let version = copied; version !== undefined && (await table.put(ended, version)) === false; ) {
    version = await copyActivation(table, from, to);
  }
  // Another service may get the old name, and a record under it.
  await table.update(activationKey(to), { arrivesFrom: undefined });
}

/**
 * Writes the record under the next name, as one that does not count yet; one that counts there is left as it is.
 *
 * @returns the version of what was copied; `undefined` where it has ended, because an earlier delivery came so far
 */
async function copyActivation(table: StateTable, from: ServiceName, to: ServiceName): Promise<number | undefined> {
  // Also where nothing was ever recorded: otherwise nobody could see that it is moving.
  const source = (await table.get(activationKey(from))) ?? (await table.update(activationKey(from), {}));
  if (isEnded(source)) return undefined;
  const present = await table.get(activationKey(to));
  const isOurs = isEnded(present) || arrivesFrom(present) === source.sk;
  if (!present || isOurs) await table.put(arrivingActivation(source, activationKey(to)), present?.version ?? "absent");
  return source.version;
}

/**
 * Moves what the table knows of a service that has its new name in RingCX already, because a person has given it: one id, one
 * record. What a step of the plan renames moves with that.
 */
export async function moveRenamedService(
  { accountId, table, clock }: Pick<ApplyContext, "accountId"> & RecordDependencies,
  { steps, found }: ResourcePlan,
  { groupName, serviceDescription }: HttpServiceManifest,
  record: ServiceRecord | undefined,
): Promise<void> {
  const before = record?.manifest;
  if (!before || record.serviceId !== found?.serviceId) return;
  if (before.groupName === groupName && before.serviceDescription === serviceDescription) return;
  const isRenamedByStep = steps.some(
    (step) =>
      step.do === "swapNames" ||
      step.do === "tryName" ||
      (step.do === "updateService" && step.fields.serviceDescription !== undefined),
  );
  if (isRenamedByStep) return;
  const from = { accountId, groupName: before.groupName, serviceDescription: before.serviceDescription };
  await renameServiceRecords({ table, clock }, from, { accountId, groupName, serviceDescription });
}

async function linkAlarms(
  table: StateTable,
  ids: ServiceName & { serviceGroupId: number; serviceId: number },
  { health }: StoredServiceManifest,
): Promise<void> {
  for (const alarmArn of health?.alarms ?? []) {
    await table.update(alarmServiceKey(alarmArn, ids), { ...ids, alarmArn });
  }
}

/** ARNs of the alarms that a manifest names. */
export function alarmsOf(manifest: StoredServiceManifest | undefined): readonly string[] {
  return manifest?.health?.alarms ?? [];
}

/** The item as it is to be written elsewhere: with all attributes, also those that are not known here, but what it was called there. */
function asMoved({ version: _version, shownAs: _shownAs, ...attributes }: Item) {
  return attributes;
}
