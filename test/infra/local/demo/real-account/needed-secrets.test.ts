import { expect, test } from "vitest";
import { missingSecretLines, readNeededSecrets } from "../../../../../infra/local/demo/real-account/needed-secrets.ts";
import { authConfigRecordKey } from "../../../../../shared/records/account/auth-config.ts";
import { serviceRecordKey } from "../../../../../shared/records/account/service.ts";
import { MemoryStateTable } from "../../../../../shared/state/memory-table.ts";

test("secrets that earlier messages need and the file has not are told with who needs them", async () => {
  const table = new MemoryStateTable();
  const accountId = "700001";
  const authConfigs = [];
  for (const [providerName, secretId] of [
    ["NK", "crm/api-key"],
    ["Other", "arn:aws:secretsmanager:us-east-1:000000000000:secret:erp/key-AbCdEf"],
  ] as const) {
    const key = authConfigRecordKey(accountId, providerName);
    authConfigs.push(key);
    const manifest = { authType: "APIKEY", secretId, providerName };
    await table.put({ ...key, authConfigId: "1", secretArn: "arn", manifest });
  }
  const name = { accountId, groupName: "N1", serviceDescription: "inv" };
  const service = serviceRecordKey(name);
  const manifest = { groupName: "N1", serviceDescription: "inv", authConfig: "NK" };
  await table.put({ ...service, ...name, serviceGroupId: 1, serviceId: 2, manifest });
  const keys = { authConfigs, services: [service] };
  const needed = await readNeededSecrets(table, keys, [accountId]);
  expect(missingSecretLines(needed, ["erp/key"], "secrets.json")).toEqual([
    expect.stringMatching(/^crm\/api-key is not in secrets\.json; NK and N1\/inv need it\. /),
  ]);
  expect(missingSecretLines(needed, ["erp/key"], undefined)[0]).toContain("is not there: give --secrets FILE");
  expect(missingSecretLines(needed, ["crm/api-key", "erp/key"], "secrets.json")).toEqual([]);
  expect(await readNeededSecrets(table, keys, ["700002"])).toEqual([]);
});
