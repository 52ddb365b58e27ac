import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { alarmPartition } from "../../../shared/records/alarm-links.ts";
import { authConfigPartition } from "../../../shared/records/credential/auth-config-partition.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { bindingsOfSecret, secretPartition } from "../../../shared/records/credential/secret-binding.ts";
import { applyMessage, authConfig, type FakeSecret, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const whole = () => applyMessage([group, authConfig, service(fixture.crm)]);

function only(simulator: Fixture["simulator"]) {
  const { groups, authConfigs } = simulator.state();
  return { group: groups[0], service: groups[0]?.services[0], authConfig: authConfigs[0], groups, authConfigs };
}

test("the six steps of the source document are one message and seven requests", async () => {
  const outcome = await fixture.send(whole());
  expect(outcome).toMatchObject({ status: "SUCCEEDED", accountId: "123456" });
  expect(outcome.resources?.map(({ result }) => result)).toEqual(["CREATED", "CREATED", "CREATED"]);
  expect(fixture.operations()).toEqual([
    "getHttpServiceGroupListWithChildren",
    "getExternalAuthConfigsList",
    "createHttpServiceGroup",
    "createExternalAccountAuthConfigOAuth",
    "createHttpService",
    "createHttpServiceInput",
    "setHttpServiceIsActive",
  ]);
  const { service: made, authConfig: auth } = only(fixture.simulator);
  expect(made).toMatchObject({
    serviceDescription: "Lookup customer by ANI",
    authConfigId: auth?.authConfigId,
    isEnabled: true,
    inputs: [{ name: "ani" }, { name: "queue" }, { name: "agent" }],
  });
  const { status } = await fixture.simulator.callService({
    accountId: "123456",
    serviceGroupId: only(fixture.simulator).group?.serviceGroupId ?? 0,
    serviceId: made?.serviceId ?? 0,
  });
  expect(status).toBe(200);
});

test("a message with its data in Base64 is the same message, and its refusal names the account, too", async () => {
  const inBase64 = (resources: readonly object[]) => {
    const { data, ...event } = applyMessage(resources);
    const data_base64 = Buffer.from(JSON.stringify(data)).toString("base64");
    return { ...event, datacontenttype: "application/json", data_base64 };
  };
  expect(await fixture.send(inBase64([group]))).toMatchObject({
    status: "SUCCEEDED",
    resources: [{ result: "CREATED" }],
  });
  expect(await fixture.send(applyMessage([group]))).toMatchObject({ status: "NO_CHANGE" });
  expect(await fixture.send(inBase64([{ kind: "queue" }]))).toMatchObject({ status: "REJECTED", accountId: "123456" });
});

test("the same again makes no write: one read of the tree and one of the inputs", async () => {
  await fixture.send(whole());
  fixture.operations();
  const before = fixture.simulator.state();
  expect(await fixture.send(whole())).toMatchObject({ status: "NO_CHANGE" });
  expect(fixture.operations()).toEqual(["getHttpServiceGroupListWithChildren", "getHttpServiceInputList"]);
  expect(fixture.simulator.state()).toEqual(before);
});

test("n unchanged services of one account cost 1 + n reads, in one message and in a batch", async () => {
  const services = ["a", "b", "c"].map((name) => service(fixture.crm, { serviceDescription: name, isEnabled: false }));
  await fixture.send(applyMessage([group, authConfig, ...services]));
  fixture.operations();
  await fixture.send(applyMessage([group, authConfig, ...services]));
  expect(fixture.operations()).toHaveLength(4);
  await fixture.deliver(services.map((one) => applyMessage([one])));
  expect(fixture.outcomes.slice(-3).map(({ status }) => status)).toEqual(["NO_CHANGE", "NO_CHANGE", "NO_CHANGE"]);
  expect(fixture.operations()).toHaveLength(4);
});

test("a change of activation is one write", async () => {
  await fixture.send(whole());
  fixture.operations();
  const { httpServiceInputs: _inputs, ...rest } = service(fixture.crm, { isEnabled: false });
  expect(await fixture.send(applyMessage([rest]))).toMatchObject({
    status: "SUCCEEDED",
    resources: [{ result: "UPDATED", changes: ["deactivated"] }],
  });
  expect(fixture.operations()).toEqual(["getHttpServiceGroupListWithChildren", "setHttpServiceIsActive"]);
  expect(only(fixture.simulator).service?.isEnabled).toBe(false);
  await fixture.send(applyMessage([{ ...rest, isEnabled: true }]));
  expect(only(fixture.simulator).service?.isEnabled).toBe(true);
});

test("a service whose endpoint does not answer as declared is made, and stays inactive", async () => {
  fixture.crm.setDown(true);
  const outcome = await fixture.send(whole());
  expect(outcome).toMatchObject({
    status: "PARTIAL",
    resources: [{}, {}, { result: "CREATED", problems: [{ path: "data.resources[2].validation" }] }],
  });
  expect(only(fixture.simulator).service?.isEnabled).toBe(false);
  fixture.crm.setDown(false);
  expect(await fixture.send(whole())).toMatchObject({
    status: "SUCCEEDED",
    resources: [{}, {}, { changes: ["activated"] }],
  });
  expect(only(fixture.simulator).service?.isEnabled).toBe(true);
});

test("a live service stays as it was when the new endpoint fails its probe", async () => {
  await fixture.send(whole());
  fixture.operations();
  const before = fixture.simulator.state();
  const changed = service(fixture.crm, { httpServiceConfig: { url: `${fixture.crm.url}/nowhere` } });
  expect(await fixture.send(applyMessage([changed]))).toMatchObject({
    status: "PARTIAL",
    resources: [{ result: "FAILED", problems: [{ message: expect.stringContaining("answered 404, expected 200") }] }],
  });
  expect(fixture.simulator.state()).toEqual(before);
});

test("what a manifest names is put right, what it does not name stays", async () => {
  await fixture.send(whole());
  const { group: made, service: before } = only(fixture.simulator);
  const address = { accountId: "123456", serviceGroupId: made?.serviceGroupId ?? 0, serviceId: before?.serviceId ?? 0 };
  // Sooner it could be an old read of what was just written.
  fixture.skip(40_000);
  fixture.simulator.editService(address, {
    isDebug: true,
    returntype: "XML",
    somethingNew: { kept: true },
    httpServiceConfig: JSON.stringify({ url: "https://elsewhere.example.com", method: "POST", headers: {} }),
  });
  fixture.operations();
  const outcome = await fixture.send(whole());
  expect(outcome.resources?.[2]).toMatchObject({
    result: "UPDATED",
    changes: [
      "isDebug (drift corrected)",
      "httpServiceConfig.url (drift corrected)",
      "httpServiceConfig.headers.Content-Type (drift corrected)",
    ],
  });
  expect(fixture.operations()).toEqual([
    "getHttpServiceGroupListWithChildren",
    "getHttpServiceInputList",
    "getHttpService",
    "updateHttpService",
  ]);
  const after = only(fixture.simulator).service;
  expect(after).toMatchObject({ isDebug: false, returntype: "XML", somethingNew: { kept: true }, isEnabled: true });
  expect(JSON.parse(after?.httpServiceConfig ?? "")).toMatchObject({
    method: "POST",
    url: `${fixture.crm.url}/customers/lookup`,
  });
});

test("inputs change by the fewest calls, new ones before old ones", async () => {
  await fixture.send(whole());
  fixture.operations();
  const inputs = [
    { name: "ani", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" },
    { name: "queue", type: "PARAMETER", simpleDataType: "STRING", value: "sales", rank: "1" },
  ];
  const outcome = await fixture.send(applyMessage([service(fixture.crm, { httpServiceInputs: inputs })]));
  expect(outcome.resources?.[0]?.changes).toEqual([
    "input queue created",
    "input queue deleted",
    "input agent deleted",
  ]);
  expect(fixture.operations().slice(2)).toEqual([
    "createHttpServiceInput",
    // Whether those that were there are still there.
    "getHttpServiceInputList",
    "deleteHttpServiceInput",
    "deleteHttpServiceInput",
  ]);
  expect(only(fixture.simulator).service?.inputs.map(({ name, value }) => [name, value])).toEqual([
    ["ani", ""],
    ["queue", "sales"],
  ]);
});

test("the table knows what others ask it: alarms, auth config, applied version, activation", async () => {
  const alarm = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:crm";
  await fixture.send(applyMessage([group, authConfig, service(fixture.crm, { health: { alarms: [alarm] } })]));
  const { authConfig: auth, service: made } = only(fixture.simulator);
  const id = auth?.authConfigId ?? "";
  const [dependent] = await fixture.table.query(alarmPartition(alarm));
  expect(dependent).toMatchObject({ accountId: "123456", groupName: "CRM enrichment", serviceId: made?.serviceId });
  expect(await fixture.table.query(authConfigPartition("123456", id), "SERVICE#")).toHaveLength(1);
  expect(await fixture.table.get(authConfigStateKey("123456", id))).toMatchObject({
    appliedVersionId: "secret-v1",
    lastWrite: { versionId: "secret-v1", updatedTime: auth?.updatedTime },
  });
  expect(await fixture.table.query(secretPartition("arn:secret:crm/oauth"))).toMatchObject([
    { authConfigId: id, connection: "local" },
  ]);
  expect(await fixture.table.query("ACCOUNT#123456", "CREATING#")).toEqual([]);
  await fixture.send(applyMessage([service(fixture.crm, { health: { alarms: [] } })]));
  expect(await fixture.table.query(alarmPartition(alarm))).toEqual([]);
});

test("several records of one group keep their order, an invalid one between them holds nobody up", async () => {
  const again = await fixture.deliver([whole(), "{oops", applyMessage([service(fixture.crm, { isEnabled: false })])]);
  expect(again).toEqual([]);
  // What is refused at the door does not wait for its turn.
  expect(fixture.outcomes.map(({ status }) => status)).toEqual(["REJECTED", "SUCCEEDED", "SUCCEEDED"]);
  expect(fixture.deadLetters).toMatchObject([
    { body: "{oops", attributes: { reason: expect.stringMatching(/^Rejected: the message is not valid JSON/) } },
  ]);
  expect(only(fixture.simulator).service?.isEnabled).toBe(false);
});

test("a dry run says what would be done and does nothing", async () => {
  const outcome = await fixture.send(
    applyMessage([group, authConfig, service(fixture.crm)], { data: { dryRun: true } }),
  );
  expect(outcome).toMatchObject({
    status: "PLANNED",
    resources: [
      { result: "PLANNED", changes: ["created"] },
      { result: "PLANNED", changes: ["created"] },
      {
        result: "PLANNED",
        changes: [
          "created",
          'serviceType "HTTP_POST"',
          "enableMappings true",
          "isDebug false",
          expect.stringMatching(/^httpServiceConfig\.url "http:\/\/.*\/customers\/lookup"$/),
          'httpServiceConfig.headers.Content-Type "application/json"',
          "authConfig CRM OAuth",
          "input ani created",
          "input queue created",
          "input agent created",
          "activated, if its endpoint is as declared and no other reason keeps it inactive",
        ],
      },
    ],
  });
  expect(fixture.simulator.state()).toMatchObject({ groups: [], authConfigs: [] });
});

test("a service that somebody renamed in the admin page is found by its id and gets its name back", async () => {
  await fixture.send(whole());
  const { group: made, service: before } = only(fixture.simulator);
  const address = { accountId: "123456", serviceGroupId: made?.serviceGroupId ?? 0, serviceId: before?.serviceId ?? 0 };
  fixture.simulator.editService(address, { serviceDescription: "Something else" });
  const outcome = await fixture.send(whole());
  expect(outcome.resources?.[2]).toMatchObject({
    changes: ['serviceDescription (was "Something else") (drift corrected)'],
  });
  expect(fixture.simulator.state().groups[0]?.services).toMatchObject([
    { serviceId: before?.serviceId, serviceDescription: "Lookup customer by ANI", isEnabled: true },
  ]);
});

test("a binding that is not there is made, though nothing else is to be done", async () => {
  await fixture.send(whole());
  const bindings = () => fixture.table.query(secretPartition("arn:secret:crm/oauth"), bindingsOfSecret);
  const [before, ...others] = await bindings();
  expect(others).toEqual([]);
  await fixture.table.delete({ pk: before?.pk ?? "", sk: before?.sk ?? "" });
  expect(await fixture.send(whole())).toMatchObject({ status: "NO_CHANGE" });
  const { version: _, ...binding } = before ?? { version: 0 };
  expect(await bindings()).toMatchObject([binding]);
});

test("a slip of copying that was put right in the credential is said", async () => {
  const pem = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });
  const privateKey = pem.toString().replaceAll("\n", "\\n");
  const value = JSON.stringify({ algorithm: "ES256", payload: "{}", addTokenTo: "REQUEST_HEADER", privateKey });
  fixture.secrets.set("crm/oauth", { ...(fixture.secrets.get("crm/oauth") as FakeSecret), value });
  const outcome = await fixture.send(applyMessage([{ ...authConfig, authType: "JWT" }]));
  expect(outcome).toMatchObject({ status: "SUCCEEDED" });
  expect(JSON.stringify(outcome)).toContain("privateKey: its line breaks were restored");
});

test("what was deleted in the admin page is made again", async () => {
  await fixture.send(whole());
  const { group: made, service: before, authConfig: auth } = only(fixture.simulator);
  const base = `${fixture.simulator.url}/voice/api`;
  const remove = async (path: string) => {
    const headers = { authorization: `Bearer ${fixture.simulator.accessToken}` };
    expect((await fetch(`${base}${path}`, { method: "DELETE", headers })).ok).toBe(true);
  };
  await remove(`/v2/admin/accounts/123456/httpServiceGroups/${made?.serviceGroupId}/httpServices/${before?.serviceId}`);
  await remove(`/v1/admin/accounts/123456/external/authConfigs/${auth?.authConfigId}`);
  const outcome = await fixture.send(whole());
  expect(outcome).toMatchObject({ status: "SUCCEEDED" });
  expect(outcome.resources?.map(({ result }) => result)).toEqual(["UNCHANGED", "CREATED", "CREATED"]);
  expect(only(fixture.simulator).service).toMatchObject({ isEnabled: true, authConfigId: auth?.authConfigId });
});
