import { expect, test } from "vitest";
import { aGroup, aService, converse, groupBody } from "./conversation.ts";

test("a created group can be read, listed and updated", async () => {
  const conversation = await converse();
  const { v1 } = conversation;
  const created = await v1("POST", "/httpServiceGroups", groupBody);
  expect(created).toMatchObject({
    status: 200,
    body: { ...groupBody, permissions: ["CREATE", "READ", "UPDATE", "DELETE"] },
  });
  const path = `/httpServiceGroups/${created.body.serviceGroupId}`;

  expect((await v1("GET", path)).body).toEqual(created.body);
  expect((await v1("GET", "/httpServiceGroups")).body).toEqual([created.body]);

  const updated = await v1("PUT", path, { ...created.body, groupName: "CRM", isDefault: true });
  expect(updated).toMatchObject({ status: 200, body: { groupName: "CRM", isDefault: true } });
  expect((await v1("GET", path)).body).toEqual(updated.body);
});

test("an update keeps the group's services and the fields that nobody knows", async () => {
  const conversation = await converse();
  const service = await aService(conversation);
  const path = service.replace(/\/httpServices\/.*/, "");
  await conversation.v1("PUT", path, { groupName: "CRM", vendorField: 7 });
  expect((await conversation.v1("GET", path)).body).toMatchObject({ groupName: "CRM", vendorField: 7 });
  expect((await conversation.v1("GET", service)).status).toBe(200);
});

test("the tree comes in one answer, with permissions only when asked for", async () => {
  const conversation = await converse();
  await aService(conversation);
  await aGroup(conversation, "Empty");
  const plain = await conversation.v1("GET", "/httpServiceGroups/withChildren");
  expect(plain.body).toMatchObject([
    { groupName: "CRM enrichment", services: [{ serviceDescription: "Lookup customer by ANI" }] },
    { groupName: "Empty", services: [] },
  ]);
  expect(plain.text).not.toContain("permissions");
  const full = await conversation.v1("GET", "/httpServiceGroups/withChildren?includePermissions=true");
  expect(full.body[0]?.permissions).toContain("UPDATE");
  expect(full.body[0]?.services[0]?.permissions).toContain("UPDATE");
});

test("lists are paged by page and maxRows", async () => {
  const conversation = await converse();
  for (const name of ["A", "B", "C"]) await aGroup(conversation, name);
  const names = async (query: string) =>
    (await conversation.v1("GET", `/httpServiceGroups${query}`)).body.map(
      ({ groupName }: { groupName: string }) => groupName,
    );
  expect(await names("?page=1&maxRows=2")).toEqual(["A", "B"]);
  expect(await names("?page=2&maxRows=2")).toEqual(["C"]);
  expect(await names("?page=3&maxRows=2")).toEqual([]);
  expect((await conversation.v1("GET", "/httpServiceGroups?maxRows=many")).body.generalMessage).toContain("maxRows");
});

test.each([
  ["a missing name", { isDefault: false }, "groupName: is required"],
  ["a null name", { groupName: null }, "groupName: is required"],
  ["an empty name", { groupName: " " }, "groupName"],
  ["a wrong type", { groupName: "A", isDefault: "no" }, "isDefault: must be true or false"],
  ["an array", [groupBody], "body: must be a JSON object"],
  ["no JSON", "{groupName", "body: is not valid JSON"],
])("a group with %s is refused with 400 naming the field", async (_, body, message) => {
  const { v1 } = await converse();
  const { status, body: error } = await v1("POST", "/httpServiceGroups", body);
  expect({ status, ...error }).toEqual({
    status: 400,
    errorCode: "bad.request.exception",
    generalMessage: expect.stringContaining(message),
    timestamp: expect.any(Number),
  });
});

test("every wrong field is named at once", async () => {
  const { v1 } = await converse();
  const { body } = await v1("POST", "/httpServiceGroups", { isDefault: 1 });
  expect(body.generalMessage).toMatch(/groupName.*isDefault/);
});

test("a name that the account has is a conflict, on create and on update; its own name is not", async () => {
  const conversation = await converse();
  const first = await aGroup(conversation, "A");
  await aGroup(conversation, "B");
  expect((await conversation.v1("POST", "/httpServiceGroups", { groupName: "A" })).status).toBe(409);
  expect((await conversation.v1("PUT", `/httpServiceGroups/${first}`, { groupName: "B" })).status).toBe(409);
  expect((await conversation.v1("PUT", `/httpServiceGroups/${first}`, { groupName: "A" })).status).toBe(200);
});

test("a group of another account is not found under this one", async () => {
  const conversation = await converse({ accounts: ["1", "2"] });
  const { simulator, send } = conversation;
  const group = await aGroup(conversation);
  const other = `/voice/api/v1/admin/accounts/2/httpServiceGroups/${group}`;
  expect((await send("GET", other, { token: simulator.accessToken })).status).toBe(404);
  expect((await send("PUT", other, { token: simulator.accessToken, body: groupBody })).status).toBe(404);
  expect((await conversation.v1("GET", `/httpServiceGroups/${group}`)).status).toBe(200);
});

test("an unknown account is not found, a malformed id is refused", async () => {
  const { v1, send, simulator } = await converse();
  const token = simulator.accessToken;
  expect((await send("GET", "/voice/api/v1/admin/accounts/9/httpServiceGroups", { token })).status).toBe(404);
  expect((await send("GET", "/voice/api/v1/admin/accounts/abc/httpServiceGroups", { token })).status).toBe(400);
  expect((await v1("GET", "/httpServiceGroups/abc")).body.generalMessage).toContain("serviceGroupId");
  expect((await v1("GET", "/httpServiceGroups/4294967296")).status).toBe(400);
});

test("what is not served says so: 404 for a path, 405 for a method", async () => {
  const { v1 } = await converse();
  expect((await v1("GET", "/httpServiceGroup")).status).toBe(404);
  const { status, headers } = await v1("DELETE", "/httpServiceGroups");
  expect(status).toBe(405);
  expect(headers.get("allow")).toBe("GET, POST");
});

test("the accounts are listed without an account in the path", async () => {
  const { send, simulator } = await converse({ accounts: ["1", "2"] });
  const { body } = await send("GET", "/voice/api/v1/admin/accounts", { token: simulator.accessToken });
  expect(body).toMatchObject([
    { accountId: "1", mainAccountId: expect.any(String) },
    { accountId: "2", accountName: "Account 2" },
  ]);
});
