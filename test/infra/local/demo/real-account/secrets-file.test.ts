import { expect, test } from "vitest";
import { readSecretsFile, requireSecrets } from "../../../../../infra/local/demo/real-account/secrets-file.ts";

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

test.each([
  ['{"crm/a": {"value": {"apiKey": "canary-1"}, "hosts": ["a.example"]}, "crm/\\u0061": {}}', "crm/a"],
  ['{"crm/a": {"value": {"apiKey": "canary-1", "apiKey": "canary-2"}, "hosts": ["a.example"]}}', "crm/a.value.apiKey"],
])("a name that is there twice is refused, as it is not known which is meant: %s", (text, name) => {
  expect(() => readSecretsFile(text, "s.json", "salt")).toThrow(`s.json names ${name} more than once: leave one.`);
});

test.each([
  [["http://127.0.0.1:1"], "a.hosts.0 (leave out scheme and path)"],
  [["https://user:canary-3@a.example"], "a.hosts.0 (leave out scheme and path)"],
  [["a.example", "b.example c.example"], "a.hosts.1"],
  [["a.example, b.example"], "a.hosts.0 (write a text for each host)"],
  [[`a.${"b".repeat(60)}.${"c".repeat(60)}.example`, "a".repeat(60), "b".repeat(60), "c".repeat(60)], "a.hosts (256"],
])("hosts that the tag of a secret cannot have are told at the file: %j", (hosts, words) => {
  const read = () => readSecretsFile(JSON.stringify({ a: { value: { apiKey: "canary-1" }, hosts } }), "s.json", "salt");
  expect(read).toThrow(`Missing or wrong: ${words}`);
  expect(read).not.toThrow(/canary/);
});
