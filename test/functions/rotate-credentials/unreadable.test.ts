import { afterEach, beforeEach, expect, test } from "vitest";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { secretBindingKey } from "../../../shared/records/credential/secret-binding.ts";
import type { Key } from "../../../shared/state/table.ts";
import { accountId, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

async function bound(apiKey: string) {
  const authConfigId = await fixture.createAuthConfig("APIKEY");
  const tags = { "ringcx:auth-config": authConfigId, "ringcx:auth-type": "APIKEY" };
  return { authConfigId, ...(await fixture.createSecret({ value: { apiKey }, tags })) };
}

test.each<[string, (arn: string, authConfigId: string) => Key, Record<string, unknown>]>([
  ["its state", (_, id) => authConfigStateKey(accountId, id), { status: "FUTURE" }],
  ["its state's history", (_, id) => authConfigStateKey(accountId, id), { superseded: "x" }],
  ["its binding", (arn, id) => secretBindingKey(arn, accountId, id), { authType: 5 }],
])("a secret of which %s cannot be read is named, and keeps no other from moving", async (_, keyOf, garbage) => {
  const broken = await bound("broken");
  const healthy = await bound("healthy");
  const key = keyOf(broken.arn, broken.authConfigId);
  await fixture.table.update(key, garbage);

  await fixture.tick();

  expect(fixture.inForce(healthy.authConfigId)?.apiKey).toBe("healthy");
  expect(fixture.inForce(broken.authConfigId)?.apiKey).toBe("by-hand");
  expect(JSON.stringify(fixture.logs)).toContain(key.pk);
});
