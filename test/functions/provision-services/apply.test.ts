import { afterEach, beforeEach, expect, test } from "vitest";
import { alarmPartition } from "../../../shared/records/alarm-links.ts";
import { authConfigPartition, authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { secretPartition } from "../../../shared/records/credential/secret-binding.ts";
import { applyMessage, authConfig, group, service, startWorld, type World } from "./fixture.ts";

let world: World;

beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

const whole = () => applyMessage([group, authConfig, service(world.crm)]);

function only(simulator: World["simulator"]) {
  const { groups, authConfigs } = simulator.state();
  return { group: groups[0], service: groups[0]?.services[0], authConfig: authConfigs[0], groups, authConfigs };
}

test("the six steps of the source document are one message and seven requests", async () => {
  const outcome = await world.send(whole());
  expect(outcome).toMatchObject({ status: "SUCCEEDED", accountId: "123456" });
  expect(outcome.resources?.map(({ result }) => result)).toEqual(["CREATED", "CREATED", "CREATED"]);
  expect(world.operations()).toEqual([
    "getHttpServiceGroupListWithChildren",
    "getExternalAuthConfigsList",
    "createHttpServiceGroup",
    "createExternalAccountAuthConfigOAuth",
    "createHttpService",
    "createHttpServiceInput",
    "setHttpServiceIsActive",
  ]);
  const { service: made, authConfig: auth } = only(world.simulator);
  expect(made).toMatchObject({
    serviceDescription: "Lookup customer by ANI",
    authConfigId: auth?.authConfigId,
    isEnabled: true,
    inputs: [{ name: "ani" }, { name: "queue" }, { name: "agent" }],
  });
  const { status } = await world.simulator.callService({
    accountId: "123456",
    serviceGroupId: only(world.simulator).group?.serviceGroupId ?? 0,
    serviceId: made?.serviceId ?? 0,
  });
  expect(status).toBe(200);
});

test("the same again makes no write: one read of the tree and one of the inputs", async () => {
  await world.send(whole());
  world.operations();
  const before = world.simulator.state();
  expect(await world.send(whole())).toMatchObject({ status: "NO_CHANGE" });
  expect(world.operations()).toEqual(["getHttpServiceGroupListWithChildren", "getHttpServiceInputList"]);
  expect(world.simulator.state()).toEqual(before);
});

test("n unchanged services of one account cost 1 + n reads, in one message and in a batch", async () => {
  const services = ["a", "b", "c"].map((name) => service(world.crm, { serviceDescription: name, isEnabled: false }));
  await world.send(applyMessage([group, authConfig, ...services]));
  world.operations();
  await world.send(applyMessage([group, authConfig, ...services]));
  expect(world.operations()).toHaveLength(4);
  await world.deliver(services.map((one) => applyMessage([one])));
  expect(world.outcomes.slice(-3).map(({ status }) => status)).toEqual(["NO_CHANGE", "NO_CHANGE", "NO_CHANGE"]);
  expect(world.operations()).toHaveLength(4);
});

test("a change of activation is one write", async () => {
  await world.send(whole());
  world.operations();
  const { httpServiceInputs: _inputs, ...rest } = service(world.crm, { isEnabled: false });
  expect(await world.send(applyMessage([rest]))).toMatchObject({
    status: "SUCCEEDED",
    resources: [{ result: "UPDATED", changes: ["deactivated"] }],
  });
  expect(world.operations()).toEqual(["getHttpServiceGroupListWithChildren", "setHttpServiceIsActive"]);
  expect(only(world.simulator).service?.isEnabled).toBe(false);
  await world.send(applyMessage([{ ...rest, isEnabled: true }]));
  expect(only(world.simulator).service?.isEnabled).toBe(true);
});

test("a service whose endpoint does not answer as declared is made, and stays inactive", async () => {
  world.crm.setDown(true);
  const outcome = await world.send(whole());
  expect(outcome).toMatchObject({
    status: "PARTIAL",
    resources: [{}, {}, { result: "CREATED", problems: [{ path: "data.resources[2].validation" }] }],
  });
  expect(only(world.simulator).service?.isEnabled).toBe(false);
  world.crm.setDown(false);
  expect(await world.send(whole())).toMatchObject({
    status: "SUCCEEDED",
    resources: [{}, {}, { changes: ["activated"] }],
  });
  expect(only(world.simulator).service?.isEnabled).toBe(true);
});

test("a live service stays as it was when the new endpoint fails its probe", async () => {
  await world.send(whole());
  world.operations();
  const before = world.simulator.state();
  const changed = service(world.crm, { httpServiceConfig: { url: `${world.crm.url}/nowhere` } });
  expect(await world.send(applyMessage([changed]))).toMatchObject({
    status: "PARTIAL",
    resources: [{ result: "FAILED", problems: [{ message: expect.stringContaining("answered 404, expected 200") }] }],
  });
  expect(world.simulator.state()).toEqual(before);
});

test("what a manifest names is put right, what it does not name stays", async () => {
  await world.send(whole());
  const { group: made, service: before } = only(world.simulator);
  const address = { accountId: "123456", serviceGroupId: made?.serviceGroupId ?? 0, serviceId: before?.serviceId ?? 0 };
  world.simulator.editService(address, {
    isDebug: true,
    returntype: "XML",
    somethingNew: { kept: true },
    httpServiceConfig: JSON.stringify({ url: "https://elsewhere.example.com", method: "POST", headers: {} }),
  });
  world.operations();
  const outcome = await world.send(whole());
  expect(outcome.resources?.[2]).toMatchObject({
    result: "UPDATED",
    changes: [
      "isDebug (drift corrected)",
      "httpServiceConfig.url (drift corrected)",
      "httpServiceConfig.headers (drift corrected)",
    ],
  });
  expect(world.operations()).toEqual([
    "getHttpServiceGroupListWithChildren",
    "getHttpServiceInputList",
    "getHttpService",
    "updateHttpService",
  ]);
  const after = only(world.simulator).service;
  expect(after).toMatchObject({ isDebug: false, returntype: "XML", somethingNew: { kept: true }, isEnabled: true });
  expect(JSON.parse(after?.httpServiceConfig ?? "")).toMatchObject({
    method: "POST",
    url: `${world.crm.url}/customers/lookup`,
  });
});

test("inputs change by the fewest calls, new ones before old ones", async () => {
  await world.send(whole());
  world.operations();
  const inputs = [
    { name: "ani", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" },
    { name: "queue", type: "PARAMETER", simpleDataType: "STRING", value: "sales", rank: "1" },
  ];
  const outcome = await world.send(applyMessage([service(world.crm, { httpServiceInputs: inputs })]));
  expect(outcome.resources?.[0]?.changes).toEqual([
    "input queue created",
    "input queue deleted",
    "input agent deleted",
  ]);
  expect(world.operations().slice(2)).toEqual([
    "createHttpServiceInput",
    "deleteHttpServiceInput",
    "deleteHttpServiceInput",
  ]);
  expect(only(world.simulator).service?.inputs.map(({ name, value }) => [name, value])).toEqual([
    ["ani", ""],
    ["queue", "sales"],
  ]);
});

test("the table knows what others ask it: alarms, auth config, applied version, activation", async () => {
  const alarm = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:crm";
  await world.send(applyMessage([group, authConfig, service(world.crm, { health: { alarms: [alarm] } })]));
  const { authConfig: auth, service: made } = only(world.simulator);
  const id = auth?.authConfigId ?? "";
  const [dependent] = await world.table.query(alarmPartition(alarm));
  expect(dependent).toMatchObject({ accountId: "123456", groupName: "CRM enrichment", serviceId: made?.serviceId });
  expect(await world.table.query(authConfigPartition("123456", id), "SERVICE#")).toHaveLength(1);
  expect(await world.table.get(authConfigStateKey("123456", id))).toMatchObject({ appliedVersionId: "secret-v1" });
  expect(await world.table.query(secretPartition("arn:secret:crm/oauth"))).toMatchObject([
    { authConfigId: id, connection: "local" },
  ]);
  expect(await world.table.query("ACCOUNT#123456", "CREATING#")).toEqual([]);
  await world.send(applyMessage([service(world.crm, { health: { alarms: [] } })]));
  expect(await world.table.query(alarmPartition(alarm))).toEqual([]);
});

test("several records of one group keep their order, an invalid one between them holds nobody up", async () => {
  const again = await world.deliver([whole(), "{oops", applyMessage([service(world.crm, { isEnabled: false })])]);
  expect(again).toEqual([]);
  expect(world.outcomes.map(({ status }) => status)).toEqual(["SUCCEEDED", "REJECTED", "SUCCEEDED"]);
  expect(world.deadLetters).toMatchObject([
    { body: "{oops", attributes: { reason: expect.stringMatching(/^Rejected: the message is not valid JSON/) } },
  ]);
  expect(only(world.simulator).service?.isEnabled).toBe(false);
});

test("a dry run tells what would be done and does nothing", async () => {
  const outcome = await world.send(applyMessage([group, authConfig, service(world.crm)], { data: { dryRun: true } }));
  expect(outcome).toMatchObject({
    status: "PLANNED",
    resources: [
      { result: "PLANNED", changes: ["created"] },
      { result: "PLANNED", changes: ["created"] },
      {
        result: "PLANNED",
        changes: [
          "created",
          "input ani created",
          "input queue created",
          "input agent created",
          "activated, if it is proven and nothing else speaks against it",
        ],
      },
    ],
  });
  expect(world.simulator.state()).toMatchObject({ groups: [], authConfigs: [] });
});

test("a service that somebody renamed in the admin page is found by its id and gets its name back", async () => {
  await world.send(whole());
  const { group: made, service: before } = only(world.simulator);
  const address = { accountId: "123456", serviceGroupId: made?.serviceGroupId ?? 0, serviceId: before?.serviceId ?? 0 };
  world.simulator.editService(address, { serviceDescription: "Something else" });
  const outcome = await world.send(whole());
  expect(outcome.resources?.[2]).toMatchObject({ changes: ["serviceDescription (drift corrected)"] });
  expect(world.simulator.state().groups[0]?.services).toMatchObject([
    { serviceId: before?.serviceId, serviceDescription: "Lookup customer by ANI", isEnabled: true },
  ]);
});

test("what was deleted in the admin page is made again", async () => {
  await world.send(whole());
  const { group: made, service: before, authConfig: auth } = only(world.simulator);
  const base = `${world.simulator.url}/voice/api`;
  const remove = async (path: string) => {
    const headers = { authorization: `Bearer ${world.simulator.accessToken}` };
    expect((await fetch(`${base}${path}`, { method: "DELETE", headers })).ok).toBe(true);
  };
  await remove(`/v2/admin/accounts/123456/httpServiceGroups/${made?.serviceGroupId}/httpServices/${before?.serviceId}`);
  await remove(`/v1/admin/accounts/123456/external/authConfigs/${auth?.authConfigId}`);
  const outcome = await world.send(whole());
  expect(outcome).toMatchObject({ status: "SUCCEEDED" });
  expect(outcome.resources?.map(({ result }) => result)).toEqual(["UNCHANGED", "CREATED", "CREATED"]);
  expect(only(world.simulator).service).toMatchObject({ isEnabled: true, authConfigId: auth?.authConfigId });
});
