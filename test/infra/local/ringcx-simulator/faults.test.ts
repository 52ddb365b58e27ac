import { expect, test } from "vitest";
import { Faults } from "../../../../infra/local/ringcx-simulator/control/faults.ts";
import { aService, converse, groupBody } from "./conversation.ts";

const names = (groups: readonly { groupName: string }[]) => groups.map(({ groupName }) => groupName);

test("a lost answer: the state has changed, the connection is cut", async () => {
  const { v1, simulator } = await converse();
  simulator.faults.add({ kind: "lost-answer", match: { operation: "createHttpServiceGroup" } });
  await expect(v1("POST", "/httpServiceGroups", groupBody)).rejects.toThrow("fetch failed");
  expect(names(simulator.state().groups)).toEqual(["CRM enrichment"]);
  expect((await v1("POST", "/httpServiceGroups", groupBody)).status).toBe(409);
  expect(simulator.requests).toMatchObject([{ status: 200, fault: "lost-answer" }, { status: 409 }]);
});

test("a drop: the connection is cut before anything happens", async () => {
  const { v1, simulator } = await converse();
  simulator.faults.add({ kind: "drop", match: { method: "POST" } });
  await expect(v1("POST", "/httpServiceGroups", groupBody)).rejects.toThrow("fetch failed");
  expect(simulator.state().groups).toEqual([]);
  expect((await v1("POST", "/httpServiceGroups", groupBody)).status).toBe(200);
  expect(simulator.requests).toMatchObject([{ status: 0, fault: "drop" }, { status: 200 }]);
});

test("a status instead of acting, as often as it says", async () => {
  const { v1, simulator } = await converse();
  simulator.faults.add({
    kind: "status",
    status: 503,
    retryAfterSeconds: 7,
    times: 2,
    match: { path: "*/httpServiceGroups" },
  });
  const first = await v1("POST", "/httpServiceGroups", groupBody);
  expect([first.status, first.headers.get("retry-after")]).toEqual([503, "7"]);
  expect((await v1("POST", "/httpServiceGroups", groupBody)).status).toBe(503);
  expect(simulator.state().groups).toEqual([]);
  expect((await v1("POST", "/httpServiceGroups", groupBody)).status).toBe(200);
});

test("a slow answer is late, and does not keep a stopped simulator alive", async () => {
  const { v1, simulator } = await converse();
  simulator.faults.add({ kind: "slow", ms: 60_000 });
  const late = expect(v1("GET", "/httpServiceGroups")).rejects.toThrow("fetch failed");
  await expect.poll(() => simulator.requests.length).toBe(1);
  await simulator.stop();
  await late;
});

test("tokens expire as the request arrives", async () => {
  const { v1, simulator } = await converse();
  simulator.faults.add({ kind: "expire-tokens" });
  expect((await v1("GET", "/httpServiceGroups")).text).toBe("Jwt is expired");
});

test("a foreign client uses up the account's quota", async () => {
  const { v1, simulator } = await converse();
  simulator.faults.add({ kind: "foreign-client", requests: 120 });
  expect((await v1("GET", "/httpServiceGroups")).status).toBe(429);
  expect(simulator.requests).toMatchObject([{ status: 429, fault: "foreign-client", retryAfter: "60" }]);
});

test("a fault can meet the login: a refresh token whose answer is lost is spent", async () => {
  const { form, simulator } = await converse();
  const { clientId, clientSecret, jwt } = simulator;
  const platform = await form(
    "/restapi/oauth/token",
    { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: jwt },
    `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`,
  );
  const { refreshToken } = (
    await form("/api/auth/login/rc/accesstoken?includeRefresh=true", {
      rcAccessToken: platform.body.access_token,
      rcTokenType: "Bearer",
    })
  ).body;
  simulator.faults.add({ kind: "lost-answer", match: { operation: "refreshToken" } });
  const refresh = () => form("/api/auth/token/refresh", { refresh_token: refreshToken });
  await expect(refresh()).rejects.toThrow();
  expect((await refresh()).status).toBe(401);
});

test("a fault waits for its turn, and meets only what matches", () => {
  const faults = new Faults();
  const request = { method: "PUT", pathname: "/a/b/setIsActive", operation: "setHttpServiceIsActive" };
  faults.add({ kind: "drop", after: 2, match: { method: "put", path: "/a/*/setIsActive" } });
  expect(faults.take("admitted", { ...request, method: "GET" })).toEqual([]);
  expect(faults.take("admitted", { ...request, pathname: "/a/b/inputs" })).toEqual([]);
  const met = [1, 2, 3, 4].map(() => faults.take("admitted", request).length);
  expect(met).toEqual([0, 0, 1, 0]);
  faults.add({ kind: "drop", times: "always" });
  expect([1, 2, 3].map(() => faults.take("admitted", request).length)).toEqual([1, 1, 1]);
  faults.clear();
  expect(faults.take("admitted", request)).toEqual([]);
});

test("of two faults that would answer a request, the second waits for the next one", async () => {
  const { v1, simulator } = await converse();
  simulator.faults.add({ kind: "status", status: 500 }, { kind: "status", status: 503 });
  expect((await v1("GET", "/httpServiceGroups")).status).toBe(500);
  expect((await v1("GET", "/httpServiceGroups")).status).toBe(503);
  expect((await v1("GET", "/httpServiceGroups")).status).toBe(200);
});

test("faults are set, seen and cleared over HTTP", async () => {
  const conversation = await converse();
  const { send, v1 } = conversation;
  const path = await aService(conversation);
  const faults = "/_simulator/faults";
  const match = { operation: "setHttpServiceIsActive" };
  const set = await send("POST", faults, { body: [{ kind: "status", status: 500, times: "always", match }] });
  expect(set.body).toMatchObject([{ kind: "status", status: 500, match }]);
  expect((await v1("PUT", `${path}/setIsActive`, { isActive: true })).status).toBe(500);
  expect((await v1("GET", path)).status).toBe(200);
  expect((await send("GET", faults)).body).toHaveLength(1);
  expect((await send("DELETE", faults)).status).toBe(204);
  expect((await v1("PUT", `${path}/setIsActive`, { isActive: true })).status).toBe(200);
});

test.each([
  [{ kind: "explode" }, "kind: must be one of"],
  [{ kind: "status" }, "status: is required"],
  [{ kind: "status", status: 200 }, "status: must be a status from 400 to 599"],
  [{ kind: "slow", ms: -1 }, "ms: must be a whole number"],
  [{ kind: "drop", times: "often" }, "times: must be a whole number"],
  [{ kind: "drop", match: { operationId: "x" } }, "match.operationId: is not known"],
  [{ kind: "drop", foo: 1 }, "foo: is not known"],
  [{ kind: "drop", ms: 5 }, "ms: is not known"],
  [{ kind: "drop", operation: "x" }, "operation: is not known; did you mean match.operation?"],
  ["drop", "body: must be a JSON object"],
])("the fault %o is refused, naming what is wrong", async (fault, message) => {
  const { send } = await converse();
  const { status, body } = await send("POST", "/_simulator/faults", { body: JSON.stringify(fault) });
  expect([status, body.generalMessage]).toEqual([400, expect.stringContaining(message)]);
});
