import type { AuthConfigManifest } from "../../../shared/contract/apply.ts";
import {
  authConfigRecordFromItem,
  authConfigRecordKey,
  authConfigsOfAccount,
} from "../../../shared/records/account/auth-config.ts";
import { serviceRecordFromItem, servicesOfAccount } from "../../../shared/records/account/service.ts";
import { unbindSecret } from "../../../shared/records/credential/secret-binding.ts";
import { accountPartition } from "../../../shared/records/service-name.ts";
import { isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import type { ApplyContext } from "./apply-context.ts";

/**
 * Before an auth config that is taken over is recorded: what the table knows of it by another name, which a person has changed in
 * RingCX, is known by the new one. One id, one record; services that refer to it go on doing so.
 *
 * @param secretArn of the secret that feeds it from now on
 */
export async function closeRenamedAuthConfig(
  { accountId, table }: Pick<ApplyContext, "accountId" | "table">,
  { providerName }: AuthConfigManifest,
  { authConfigId, secretArn }: { authConfigId: string; secretArn: string },
): Promise<void> {
  const partition = accountPartition(accountId);
  const own = authConfigRecordKey(accountId, providerName);
  for (const item of await table.query(partition, authConfigsOfAccount)) {
    if (item.sk === own.sk || !isSameId(String(item.authConfigId), authConfigId)) continue;
    const former = item.sk.slice(authConfigsOfAccount.length);
    const record = authConfigRecordFromItem(item);
    for (const service of await table.query(partition, servicesOfAccount)) {
      const { manifest } = serviceRecordFromItem(service) ?? {};
      if (manifest?.authConfig !== former) continue;
      await table.update({ pk: service.pk, sk: service.sk }, { manifest: { ...manifest, authConfig: providerName } });
    }
    if (record.secretArn !== secretArn) {
      await unbindSecret(table, { secretArn: record.secretArn, accountId, authConfigId: record.authConfigId });
    }
    await table.delete({ pk: item.pk, sk: item.sk });
  }
}
