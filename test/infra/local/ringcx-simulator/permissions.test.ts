import { expect, test } from "vitest";
import { allPermissions } from "../../../../infra/local/ringcx-simulator/access/permissions.ts";
import { voiceOperations } from "../../../../infra/local/ringcx-simulator/voice/operations.ts";
import { aService, authConfigId, converse } from "./conversation.ts";

const ids: Readonly<Record<string, string>> = {
  accountId: "123456",
  serviceGroupId: "1",
  serviceId: "2",
  inputId: "3",
  authConfigId,
};

test.each(voiceOperations)("$operation needs $needs, each of them", async ({ method, path, needs }) => {
  const { simulator, send } = await converse();
  const call = () =>
    send(
      method,
      path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? name),
      { token: simulator.accessToken },
    );
  expect(needs.length).toBeGreaterThan(0);
  for (const missing of needs) {
    simulator.setPermissions(allPermissions.filter((permission) => permission !== missing));
    expect(await call()).toMatchObject({
      status: 403,
      body: {
        errorCode: "access.denied.exception",
        generalMessage: "You do not have permission to access this resource",
        timestamp: expect.any(Number),
      },
    });
  }
  simulator.setPermissions(needs);
  expect((await call()).status).not.toBe(403);
});

test("records say what the user may do with them", async () => {
  const conversation = await converse();
  const path = await aService(conversation);
  conversation.simulator.setPermissions(["READ on HttpService", "UPDATE on HttpService"]);
  expect((await conversation.v1("GET", path)).body.permissions).toEqual(["READ", "UPDATE"]);
});

test("a refused write changes nothing", async () => {
  const conversation = await converse();
  const path = await aService(conversation);
  conversation.simulator.setPermissions(["READ on HttpService"]);
  expect((await conversation.v1("PUT", `${path}/setIsActive`, { isActive: true })).status).toBe(403);
  expect((await conversation.v1("GET", path)).body.isEnabled).toBe(false);
});
