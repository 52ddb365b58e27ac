import { activationKey } from "../../../shared/records/account/activation.ts";
import { endedActivation } from "../../../shared/records/account/moving-activation.ts";
import { creationIntentKey } from "../../../shared/records/account/resource-markers.ts";
import { type ServiceRecord, serviceRecordKey } from "../../../shared/records/account/service.ts";
import { alarmServiceKey } from "../../../shared/records/alarm-links.ts";
import { unlinkService } from "../../../shared/records/credential/auth-config-users.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import { alarmsOf, type RecordDependencies } from "./service-record.ts";

/** Deletes whatever the table knows of a service that is no more. Whoever is at it must not make its record anew. */
export async function deleteServiceRecords(
  { table, clock }: RecordDependencies,
  name: ServiceName,
  record: ServiceRecord | undefined,
): Promise<void> {
  for (const alarmArn of alarmsOf(record?.manifest)) await table.delete(alarmServiceKey(alarmArn, name));
  if (record?.authConfigId !== undefined) await unlinkService(table, record.authConfigId, name);
  await table.put(endedActivation(activationKey(name), clock.now()));
  await table.delete(creationIntentKey(name.accountId, { kind: "httpService", ...name }));
  await table.delete(serviceRecordKey(name));
}
