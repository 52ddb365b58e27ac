import { afterEach, expect, test } from "vitest";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture;
afterEach(() => fixture.stop());

// Of a service's own PUT a property says the same: round-trip.property.test.ts.
const unknown = { newField: { of: ["RingCX"] }, otherField: "x" };

test("a group that is renamed keeps what nobody here knows", async () => {
  fixture = await startFixture();
  await fixture.send(applyMessage([group]));
  const [made] = fixture.simulator.state().groups;
  const path = `/voice/api/v1/admin/accounts/123456/httpServiceGroups/${made?.serviceGroupId}`;
  const headers = { authorization: `Bearer ${fixture.simulator.accessToken}`, "content-type": "application/json" };
  const body = JSON.stringify({ groupName: group.groupName, isDefault: true, ...unknown });
  expect((await fetch(`${fixture.simulator.url}${path}`, { method: "PUT", headers, body })).status).toBe(200);
  await fixture.send(applyMessage([{ kind: "httpServiceGroup", groupName: "CRM", previousName: group.groupName }]));
  expect(fixture.simulator.state().groups).toMatchObject([{ groupName: "CRM", isDefault: true, ...unknown }]);
});

test("a service whose link only v2 takes keeps what nobody here knows, and what v2 does not show", async () => {
  fixture = await startFixture({ simulator: { v1AuthLink: false } });
  const { authConfig: _link, validation: _validation, ...unlinked } = service(fixture.crm, { isEnabled: false });
  await fixture.send(applyMessage([group, authConfig, unlinked]));
  const [made] = fixture.simulator.state().groups;
  const [before] = made?.services ?? [];
  const address = { serviceGroupId: made?.serviceGroupId ?? 0, serviceId: before?.serviceId ?? 0 };
  const config = JSON.stringify({
    url: `${fixture.crm.url}/customers/lookup`,
    headers: { "x-added": "1" },
    retries: null,
  });
  fixture.simulator.editService({ accountId: "123456", ...address }, { ...unknown, httpServiceConfig: config });
  const { httpServiceConfig: _config, ...linked } = { ...unlinked, authConfig: "CRM OAuth" };
  const url = `${fixture.crm.url}/customers/lookup`;
  await fixture.send(applyMessage([{ ...linked, httpServiceConfig: { url } }]));
  const [after] = fixture.simulator.state().groups[0]?.services ?? [];
  expect(after?.authConfigId).toBe(fixture.simulator.state().authConfigs[0]?.authConfigId);
  expect(after).toMatchObject({ ...unknown, enableMappings: true });
  expect(JSON.parse(String(after?.httpServiceConfig))).toEqual(JSON.parse(config));
});
