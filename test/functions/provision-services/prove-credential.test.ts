import { afterEach, beforeEach, expect, test } from "vitest";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

/** A secret of the same tags whose client secret the CRM does not take. */
function wrongSecret(name: string): void {
  const secret = fixture.secrets.get("crm/oauth");
  if (!secret) throw new Error("no secret");
  const value = secret.value.replace(/"secret":"[^"]*"/, '"secret":"wrong"');
  fixture.secrets.set(name, { ...secret, value, versionId: `${name}-v1` });
}
const named = (serviceDescription: string, more: object = {}) => service(fixture.crm, { serviceDescription, ...more });
const swap = (more: object = {}) => applyMessage([{ ...authConfig, secretId: "crm/next", ...more }]);
const refused = {
  resources: [{ result: "FAILED", problems: [{ message: expect.stringContaining("would fail with it") }] }],
};
const inForce = () => fixture.simulator.state().authConfigs[0]?.secret;

test("the live service is asked, however many inactive ones come before it by name", async () => {
  const inactive = Array.from({ length: 7 }, (_, index) => named(`a${index}`, { isEnabled: false }));
  await fixture.send(applyMessage([group, authConfig, ...inactive, named("z")]));
  wrongSecret("crm/next");
  const before = inForce();
  expect(await fixture.send(swap())).toMatchObject(refused);
  expect(inForce()).toBe(before);
});

test("a service that is retired or switched off is neither asked nor heard", async () => {
  await fixture.send(applyMessage([group, authConfig, named("a")]));
  const retired = [{ kind: "httpService", groupName: group.groupName, serviceDescription: "a" }];
  await fixture.send({
    ...applyMessage([]),
    type: "ringcx.retire.v1",
    data: { accountId: "123456", resources: retired },
  });
  wrongSecret("crm/next");
  expect(await fixture.send(swap())).toMatchObject({ status: "SUCCEEDED" });
});

test("the validation that the same message declares counts, of a service that declared none before", async () => {
  await fixture.send(applyMessage([group, authConfig, named("a", { validation: undefined })]));
  wrongSecret("crm/next");
  const outcome = await fixture.send(applyMessage([{ ...authConfig, secretId: "crm/next" }, named("a")]));
  expect(outcome.resources?.[0]).toMatchObject(refused.resources[0] ?? {});
});

test("a service that a person linked, and that a manifest knows, is asked as well", async () => {
  await fixture.send(
    applyMessage([group, authConfig, named("a", { authConfig: undefined, validation: undefined, isEnabled: true })]),
  );
  const { groups, authConfigs, accountId } = fixture.simulator.state();
  const place = groups.flatMap(({ serviceGroupId, services }) =>
    services.map(({ serviceId }) => ({ accountId, serviceGroupId, serviceId })),
  )[0];
  if (place) fixture.simulator.editService(place, { authConfigId: authConfigs[0]?.authConfigId, isEnabled: true });
  wrongSecret("crm/next");
  const outcome = await fixture.send(applyMessage([{ ...authConfig, secretId: "crm/next" }, named("a")]));
  expect(outcome.resources?.[0]).toMatchObject(refused.resources[0] ?? {});
});

test("an auth config that is taken over is proven as well", async () => {
  const { url, accessToken, state } = fixture.simulator;
  // A person made it: under an id that we would not choose.
  const clickedId = "0e3c1f0a-9f0b-4c44-8a35-1d2f3a4b5c6d";
  const working = JSON.parse(fixture.secrets.get("crm/oauth")?.value ?? "{}");
  const clicked = await fetch(`${url}/voice/api/v1/admin/accounts/123456/external/authConfigs/${clickedId}/oauth`, {
    method: "POST",
    headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
    body: JSON.stringify({ providerName: authConfig.providerName, ...working }),
  });
  expect(clicked.ok).toBe(true);
  await fixture.send(
    applyMessage([group, named("a", { authConfig: undefined, validation: undefined, isEnabled: true })]),
  );
  const { groups } = state();
  const [{ serviceGroupId = 0, services = [] } = {}] = groups;
  const place = { accountId: "123456", serviceGroupId, serviceId: services[0]?.serviceId ?? 0 };
  fixture.simulator.editService(place, { authConfigId: clickedId, isEnabled: true });
  wrongSecret("crm/next");
  const before = inForce();
  const takeover = (secretId: string) => applyMessage([{ ...authConfig, secretId, adopt: true }, named("a")]);
  expect((await fixture.send(takeover("crm/next"))).resources?.[0]).toMatchObject(refused.resources[0] ?? {});
  expect(inForce()).toBe(before);
  expect(await fixture.send(takeover("crm/oauth"))).toMatchObject({ status: "SUCCEEDED" });
  expect(state().authConfigs).toMatchObject([{ authConfigId: clickedId }]);
});

test("of many live services of one endpoint five are asked, and the outcome says how many were not", async () => {
  await fixture.send(applyMessage([group, authConfig, ...Array.from({ length: 7 }, (_, index) => named(`a${index}`))]));
  const secret = fixture.secrets.get("crm/oauth");
  if (secret) fixture.secrets.set("crm/next", { ...secret, versionId: "next-v1" });
  const outcome = await fixture.send(swap());
  expect(outcome.resources?.[0]?.changes).toContain("tried at 5 live services, not at 2 more");
});
