import { expect, test } from "vitest";
import { requireSecrets } from "../../../../../infra/local/demo/real-account/secrets-file.ts";

const body = JSON.stringify({
  data: { resources: [{ kind: "authConfig", secretId: "crm/api-key" }, { kind: "httpServiceGroup" }] },
});
const copy = JSON.stringify({ data: { from: {}, overrides: { authConfigs: [{ from: "a", secretId: "crm/other" }] } } });

test("secrets that messages name must be in the file, and are told by it", () => {
  expect(() => requireSecrets([body, copy], [{ name: "crm/api-key" }, { name: "crm/other" }], "s.json")).not.toThrow();
  expect(() => requireSecrets([body], [], undefined)).toThrow("crm/api-key is not there: give --secrets FILE");
  expect(() => requireSecrets([body, copy], [{ name: "crm/api-keys" }], "s.json")).toThrow(
    'crm/api-key, crm/other are not in s.json, which holds what messages name as secretId. Did you mean "crm/api-keys"?',
  );
});
