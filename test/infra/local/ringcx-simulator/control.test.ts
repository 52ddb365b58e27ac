import { expect, test } from "vitest";
import { fingerprint } from "../../../../infra/local/ringcx-simulator/fields/masking.ts";
import { aGroup, anAuthConfig, aService, authConfigId, converse } from "./conversation.ts";

test("the log of requests says what was asked and answered, and nothing secret", async () => {
  let now = 1_000_000;
  const { v1, send, simulator } = await converse({ now: () => now });
  await v1("POST", `/external/authConfigs/${authConfigId}/apiKey`, { providerName: "CRM", apiKey: "very-secret" });
  now += 5;
  await send("GET", "/nowhere?rcAccessToken=very-secret");
  const { body, text } = await send("GET", "/_simulator/requests");
  expect(body).toEqual([
    {
      method: "POST",
      path: `/voice/api/v1/admin/accounts/123456/external/authConfigs/${authConfigId}/apiKey`,
      operation: "createExternalAccountAuthConfigApiKey",
      status: 200,
      at: 1_000_000,
      accountId: "123456",
    },
    { method: "GET", path: "/nowhere", status: 404, at: 1_000_005 },
  ]);
  expect(text).not.toMatch(/very-secret|Bearer/);
  expect(text).not.toContain(simulator.accessToken);

  expect((await send("DELETE", "/_simulator/requests")).status).toBe(204);
  expect(simulator.requests).toEqual([]);
});

test("the state over HTTP tells credentials apart without showing them", async () => {
  const conversation = await converse({ accounts: ["1", "2"] });
  await anAuthConfig(conversation);
  await aService(conversation, { httpUsername: "u", httpPassword: "p-1", authConfigId });
  const { body, text } = await conversation.send("GET", "/_simulator/state");
  expect(body).toMatchObject({
    accounts: [
      {
        accountId: "1",
        groups: [{ services: [{ httpPassword: fingerprint("p-1"), inputs: [], authConfigId }] }],
        authConfigs: [{ authConfigId, apiKey: fingerprint("k-1") }],
      },
      { accountId: "2", groups: [], authConfigs: [] },
    ],
  });
  expect(fingerprint("k-1")).toMatch(/^sha256:[0-9a-f]{12}$/);
  expect(text).not.toMatch(/"(k-1|p-1)"/);
});

test("the state in the process is a copy", async () => {
  const conversation = await converse();
  await aGroup(conversation);
  conversation.simulator.state().groups.pop();
  expect(conversation.simulator.state().groups).toHaveLength(1);
  expect(() => conversation.simulator.state("9")).toThrow("no account 9");
});

test("control requests need no token, no quota, and are not in the log", async () => {
  const { send, v1, simulator } = await converse({ limit: 1 });
  for (let i = 0; i < 3; i++) expect((await send("GET", "/_simulator/state")).status).toBe(200);
  expect((await v1("GET", "/httpServiceGroups")).status).toBe(200);
  expect(simulator.requests).toHaveLength(1);
  expect((await send("GET", "/_simulator/nothing")).status).toBe(404);
});

test("tokens are expired over HTTP", async () => {
  const { send, v1 } = await converse();
  expect((await send("POST", "/_simulator/expire-tokens")).status).toBe(204);
  expect((await v1("GET", "/httpServiceGroups")).text).toBe("Jwt is expired");
});

test("a person in the admin page changes a service past token, quota and log", async () => {
  const conversation = await converse();
  const { send, v1, simulator } = conversation;
  const path = await aService(conversation);
  const [serviceGroupId, serviceId] = path.match(/\d+/g)?.map(Number) ?? [];
  const address = { accountId: simulator.accountId, serviceGroupId, serviceId };
  simulator.clearRequests();
  const edit = await send("POST", "/_simulator/edits", {
    body: { ...address, changes: { isEnabled: true, serviceId: 1 } },
  });
  expect(edit).toMatchObject({ status: 200, body: { isEnabled: true, serviceId } });
  expect(simulator.requests).toEqual([]);
  expect((await v1("GET", path)).body.isEnabled).toBe(true);
  const unknown = { ...address, serviceId: 1, changes: {} };
  expect((await send("POST", "/_simulator/edits", { body: unknown })).status).toBe(404);
  expect((await send("POST", "/_simulator/edits", { body: address })).body.generalMessage).toBe("changes: is required");
});
