import { expect, test } from "vitest";
import { plannedChange, plannedValue } from "../../../../functions/provision-services/plan/planned-values.ts";

test.each<[string, unknown, unknown, string]>([
  ["isDebug", false, true, "isDebug false → true"],
  ["isDebug", undefined, true, "isDebug (nothing) → true"],
  ["httpServiceConfig.headers.X-Stage", "test", null, 'httpServiceConfig.headers.X-Stage "test" → (nothing)'],
  [
    "httpServiceConfig.headers.X-Api-Key",
    "abc",
    "def",
    "httpServiceConfig.headers.X-Api-Key (not shown) → (not shown)",
  ],
  [
    "httpServiceConfig.headers.X-Tenant",
    "q8Zk3vLw9Xr2Tb7Y",
    "north",
    'httpServiceConfig.headers.X-Tenant (not shown) → "north"',
  ],
  [
    "httpServiceConfig.url",
    "https://a.example/x?token=S3cr3t-value",
    "https://b.example/x",
    'httpServiceConfig.url (not shown) → "https://b.example/x"',
  ],
])("a change of %s from %j to %j", (path, found, declared, words) => {
  expect(plannedChange(path, found, declared)).toBe(words);
});

test("a long value is cut", () => {
  expect(plannedValue("httpServiceConfig.requestBody", "a b ".repeat(1_000)).length).toBeLessThan(300);
});
