import { isDeepStrictEqual } from "node:util";
import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import { activationKey } from "../../../shared/records/account/activation.ts";
import { type ServiceRecord, serviceRecordKey } from "../../../shared/records/account/service.ts";
import { alarmServiceKey } from "../../../shared/records/alarm-links.ts";
import { authConfigUserKey } from "../../../shared/records/credential/auth-config-users.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { effectiveManifest } from "../desired/effective-manifest.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
import { recordKeyOf } from "../read/stored-resources.ts";
import { type ApplyContext, type ServiceInProgress, saveRecord } from "./apply-context.ts";

/** Writes down the service, which alarms speak for it and which auth config it uses, where that differs. */
export async function saveServiceRecord(
  context: ApplyContext,
  plan: ResourcePlan,
  resource: HttpServiceManifest,
  {
    record,
    progress,
    serviceId,
    isCreated,
  }: {
    record: ServiceRecord | undefined;
    progress: ServiceInProgress;
    serviceId: number;
    isCreated: boolean;
  },
): Promise<void> {
  const { accountId, table, generation } = context;
  const { serviceGroupId, link } = progress;
  const name = { accountId, groupName: resource.groupName, serviceDescription: resource.serviceDescription };
  const ids = { ...name, serviceGroupId, serviceId };
  const manifest = effectiveManifest(resource, record?.manifest);
  const attributes = {
    ...ids,
    manifest,
    stamp: generation,
    ...(link.authConfigId !== undefined && { authConfigId: link.authConfigId }),
    ...(link.isShownInV1 !== undefined && { isLinkShownInV1: link.isShownInV1 }),
  };
  const isKnown =
    record &&
    Object.entries(attributes).every(([field, value]) =>
      isDeepStrictEqual(value, (record as unknown as Record<string, unknown>)[field]),
    );
  if (isKnown && !context.stored.creationIntents.has(plan.key)) return;

  const alarms = manifest.health?.alarms ?? [];
  for (const alarmArn of alarms) {
    await table.update(alarmServiceKey(alarmArn, name), { ...ids, alarmArn, recovery: manifest.health?.recovery });
  }
  for (const alarmArn of record?.manifest.health?.alarms ?? []) {
    if (!alarms.includes(alarmArn)) await table.delete(alarmServiceKey(alarmArn, name));
  }
  const authConfigId = manifest.authConfig === undefined ? undefined : link.authConfigId;
  if (authConfigId !== undefined) await table.update(authConfigUserKey(authConfigId, name), ids);
  if (record?.authConfigId !== undefined && record.authConfigId !== authConfigId) {
    await table.delete(authConfigUserKey(record.authConfigId, name));
  }
  await saveRecord(context, resource, { key: plan.key, isCreated }, attributes);
}

/** The table's view of a service under another name: what other functions know of it must not be lost on the way. */
export async function renameServiceRecords(table: StateTable, from: ServiceName, to: ServiceName): Promise<void> {
  const item = await table.get(serviceRecordKey(from));
  if (!item) return;
  const { version: _version, ...attributes } = item;
  const record = attributes as unknown as ServiceRecord;
  const ids = { ...to, serviceGroupId: record.serviceGroupId, serviceId: record.serviceId };
  const activation = await table.get(activationKey(from));
  if (activation) {
    const { version: _activationVersion, ...reasons } = activation;
    await table.put({ ...reasons, ...activationKey(to) }, "absent");
  }
  for (const alarmArn of record.manifest.health?.alarms ?? []) {
    await table.update(alarmServiceKey(alarmArn, to), {
      ...ids,
      alarmArn,
      recovery: record.manifest.health?.recovery,
    });
    await table.delete(alarmServiceKey(alarmArn, from));
  }
  if (record.authConfigId !== undefined) {
    await table.update(authConfigUserKey(record.authConfigId, to), ids);
    await table.delete(authConfigUserKey(record.authConfigId, from));
  }
  const manifest = { ...record.manifest, groupName: to.groupName, serviceDescription: to.serviceDescription };
  await table.put({ ...attributes, ...serviceRecordKey(to), ...ids, manifest });
  await table.delete(activationKey(from));
  await table.delete(serviceRecordKey(from));
}

/** Forgets a service that is no more, whatever of it is in the table. */
export async function deleteServiceRecords(
  table: StateTable,
  name: ServiceName,
  record: ServiceRecord | undefined,
): Promise<void> {
  for (const alarmArn of record?.manifest.health?.alarms ?? []) await table.delete(alarmServiceKey(alarmArn, name));
  if (record?.authConfigId !== undefined) await table.delete(authConfigUserKey(record.authConfigId, name));
  await table.delete(activationKey(name));
  await table.delete(recordKeyOf(name.accountId, { kind: "httpService", ...name }));
}
