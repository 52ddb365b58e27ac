import { afterEach, beforeEach, expect, test } from "vitest";
import { activationKey } from "../../../shared/records/account/activation.ts";
import { isEnded } from "../../../shared/records/account/moving-activation.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { accountPartition } from "../../../shared/records/service-name.ts";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const names = { group: "Café", auth: "Café OAuth", service: "Auskunft für Straße" };

/** The three resources of one message with each name as `spell` makes it. */
function resources(spell: (name: string) => string, more: object = {}) {
  return [
    { ...group, groupName: spell(names.group) },
    { ...authConfig, providerName: spell(names.auth) },
    only(spell, more),
  ];
}

function only(spell: (name: string) => string, more: object = {}) {
  return service(fixture.crm, {
    groupName: spell(names.group),
    serviceDescription: spell(names.service),
    authConfig: spell(names.auth),
    ...more,
  });
}

const asGiven = (name: string) => name;
const spellings: [string, (name: string) => string][] = [
  ["decomposed", (name) => name.normalize("NFD")],
  ["in upper case", (name) => name.toUpperCase()],
  ["in lower case and decomposed", (name) => name.toLowerCase().normalize("NFD")],
];

const state = () => fixture.simulator.state();
const writes = () => fixture.operations().filter((name) => !name.startsWith("get"));
/** Without what says that something has ended. */
const keys = async () =>
  (await fixture.table.query(accountPartition("123456")))
    // When something was written says nothing of names.
    .flatMap((item) => (isEnded(item) || item.sk.startsWith("WRITTEN#") ? [] : item.sk))
    .toSorted();

test.each(spellings)("a message with its names %s means the same", async (_words, spell) => {
  await fixture.send(applyMessage(resources(asGiven)));
  const before = state();
  const stored = await keys();
  fixture.operations();
  expect(await fixture.send(applyMessage(resources(spell)))).toMatchObject({ status: "NO_CHANGE" });
  expect(await fixture.send(applyMessage([only(spell)]))).toMatchObject({ status: "NO_CHANGE" });
  expect(writes()).toEqual([]);
  expect(state()).toEqual(before);
  expect(await keys()).toEqual(stored);
});

test.each(spellings)("references within a new message may be spelled %s", async (_words, spell) => {
  const [madeGroup, madeAuth] = resources(asGiven);
  const outcome = await fixture.send(applyMessage([madeGroup ?? {}, madeAuth ?? {}, only(spell)]));
  expect(outcome).toMatchObject({ status: "SUCCEEDED" });
  expect(state().groups).toMatchObject([{ groupName: names.group, services: [{ isEnabled: true }] }]);
  expect(state().authConfigs).toMatchObject([{ providerName: names.auth }]);
});

test.each(spellings)(
  "a change by a message with its names %s is a change, and keeps the names",
  async (_words, spell) => {
    await fixture.send(applyMessage(resources(asGiven)));
    await fixture.send(applyMessage([only(spell, { isEnabled: false, isDebug: true })]));
    expect(state().groups).toMatchObject([
      { groupName: names.group, services: [{ serviceDescription: names.service, isDebug: true, isEnabled: false }] },
    ]);
    expect((await keys()).filter((sk) => sk.startsWith("ACTIVATION#"))).toHaveLength(1);
  },
);

test("two spellings of one name in one message are refused, and both are named", async () => {
  const [first] = resources(asGiven);
  const [upper] = resources((name) => name.toUpperCase());
  const [decomposed] = resources((name) => name.normalize("NFD"));
  expect(await fixture.send(applyMessage([first ?? {}, upper ?? {}]))).toMatchObject({
    status: "REJECTED",
    problems: [
      {
        path: "data.resources[1]",
        message: 'declares the same httpServiceGroup as data.resources[0]: "Café" and "CAFÉ" are one name',
      },
    ],
  });
  expect(await fixture.send(applyMessage([first ?? {}, decomposed ?? {}]))).toMatchObject({
    problems: [{ message: expect.stringContaining('"Caf\\u{e9}" and "Cafe\\u{301}" are one name') }],
  });
  expect(state().groups).toEqual([]);
});

test("another spelling is written where previousName asks for it, once, and what is known goes along", async () => {
  await fixture.send(applyMessage(resources(asGiven)));
  const count = (await keys()).length;
  const upper = (name: string) => name.toUpperCase();
  const respelled = applyMessage([
    { ...group, groupName: upper(names.group), previousName: names.group },
    only(upper, { previousName: names.service }),
  ]);
  expect(await fixture.send(respelled)).toMatchObject({ status: "SUCCEEDED" });
  expect(state().groups).toMatchObject([
    { groupName: upper(names.group), services: [{ serviceDescription: upper(names.service), isEnabled: true }] },
  ]);
  expect(await keys()).toHaveLength(count);
  fixture.operations();
  expect(await fixture.send({ ...respelled, id: "again" })).toMatchObject({ status: "NO_CHANGE" });
  expect(writes()).toEqual([]);
});

test("a name that RingCX itself spells in another way is no drift", async () => {
  await fixture.send(applyMessage(resources(asGiven)));
  edit({ serviceDescription: `${names.service.toUpperCase()} ` });
  const count = (await keys()).length;
  fixture.operations();
  expect(await fixture.send(applyMessage(resources(asGiven)))).toMatchObject({ status: "NO_CHANGE" });
  expect(writes()).toEqual([]);
  const renamed = only(asGiven, { serviceDescription: "Neu", previousName: names.service });
  expect(await fixture.send(applyMessage([renamed]))).toMatchObject({ status: "SUCCEEDED" });
  expect(await keys()).toHaveLength(count);
});

test("a group is renamed with all that is known of its services, however RingCX spells them", async () => {
  await fixture.send(applyMessage(resources(asGiven)));
  edit({ serviceDescription: names.service.toUpperCase() });
  const before = await keys();
  const renamed = applyMessage([{ ...group, groupName: "Neu", previousName: names.group }]);
  expect(await fixture.send(renamed)).toMatchObject({ status: "SUCCEEDED" });
  const expected = before.map((key) => key.replace(/^(GROUP|SERVICE|ACTIVATION)#Café/, "$1#Neu"));
  expect(await keys()).toEqual(expected.toSorted());
});

test.each([
  ["taken over", { adopt: true }],
  ["named by its previous name", { previousName: names.service }],
])("a service that a person has renamed has one record, with what holds it: %s", async (_, more) => {
  await fixture.send(applyMessage(resources(asGiven)));
  const count = (await keys()).length;
  const hold = { kind: "KEEP_INACTIVE", by: "ada", why: "test", since: new Date(fixture.now()).toISOString() } as const;
  const named = (serviceDescription: string) => ({ accountId: "123456", groupName: names.group, serviceDescription });
  await fixture.table.update(activationKey(named(names.service)), { KEEP_INACTIVE: hold });
  edit({ serviceDescription: "0x1F" });
  const outcome = await fixture.send(applyMessage([only(asGiven, { serviceDescription: "0x1F", ...more })]));
  expect(outcome).toMatchObject({ resources: [{ name: "Café/0x1F" }] });
  expect(await keys()).toHaveLength(count);
  expect(await fixture.table.get(activationKey(named("0x1F")))).toMatchObject({ KEEP_INACTIVE: hold });
  const formerNames = [`${names.group}/${names.service}`];
  expect(await fixture.table.get(serviceRecordKey(named("0x1F")))).toMatchObject({ formerNames });
  expect(await fixture.send(applyMessage([only(asGiven, { serviceDescription: "0x1F" })]))).toMatchObject({
    status: "NO_CHANGE",
  });
});

test("a group and an auth config that a person has renamed, taken over, have one record each, and what refers to them too", async () => {
  await fixture.send(applyMessage(resources(asGiven)));
  const before = await keys();
  const { serviceGroupId = 0 } = state().groups[0] ?? {};
  const { authConfigId = "" } = state().authConfigs[0] ?? {};
  await fixture.account().groups.update(serviceGroupId, { serviceGroupId, groupName: "Neu" });
  const path = `/voice/api/v1/admin/accounts/123456/external/authConfigs/${authConfigId}/oauth`;
  const given = {
    providerName: "Neu OAuth",
    grantType: "CLIENT_CREDENTIALS",
    clientId: "a",
    secret: "b",
    authType: "OAUTH",
  };
  await byHand("PATCH", path, { ...given, tokenUrl: `${fixture.crm.url}/oauth/token` });
  const taken = applyMessage([
    { ...group, groupName: "Neu", adopt: true },
    { ...authConfig, providerName: "Neu OAuth", adopt: true },
  ]);
  expect(await fixture.send(taken)).toMatchObject({ status: "SUCCEEDED" });
  const renamed = before.map((key) =>
    key.replace(/^(GROUP|SERVICE|ACTIVATION)#Café/, "$1#Neu").replace(/^AUTHCONFIG#Café/, "AUTHCONFIG#Neu"),
  );
  expect(await keys()).toEqual(renamed.toSorted());
  const [stored] = await fixture.table.query(accountPartition("123456"), "SERVICE#");
  expect(stored).toMatchObject({ manifest: { groupName: "Neu", authConfig: "Neu OAuth" } });
});

test("a service that a person made with a blank at its end is taken over and not made a second time", async () => {
  const made = await fixture.send(applyMessage(resources(asGiven)));
  expect(made.status).toBe("SUCCEEDED");
  edit({ serviceDescription: "By hand " });
  for (const { sk } of await fixture.table.query(accountPartition("123456"), "SERVICE#")) {
    await fixture.table.delete({ pk: accountPartition("123456"), sk });
  }
  const byHand = only(asGiven, { serviceDescription: "by hand" });
  expect((await fixture.send(applyMessage([byHand]))).resources).toMatchObject([
    { problems: [{ hint: expect.stringContaining('"adopt": true') }] },
  ]);
  expect((await fixture.send(applyMessage([{ ...byHand, adopt: true }]))).resources).toMatchObject([
    { name: "Café/By hand ", changes: ["adopted"] },
  ]);
  fixture.operations();
  expect(await fixture.send(applyMessage([byHand]))).toMatchObject({ status: "NO_CHANGE" });
  expect(writes()).toEqual([]);
  expect(state().groups[0]?.services).toMatchObject([{ serviceDescription: "By hand ", inputs: [{}, {}, {}] }]);
});

test("which of two spellings is meant cannot be told: nothing is taken over", async () => {
  await fixture.send(applyMessage([{ ...group, groupName: "crm" }]));
  const { serviceGroupId = 0 } = state().groups[0] ?? {};
  for (const name of ["LOOKUP", "Lookup"]) await createByHand(serviceGroupId, name);
  const lookup = only(asGiven, { groupName: "crm", serviceDescription: "lookup", adopt: true });
  const outcome = await fixture.send(applyMessage([resources(asGiven)[1] ?? {}, lookup]));
  expect(outcome.resources?.[1]).toMatchObject({
    result: "FAILED",
    problems: [{ message: expect.stringMatching(/serviceId \d+, \d+\)/) }],
  });
  expect(state().groups[0]?.services.map(({ serviceDescription }) => serviceDescription)).toEqual(["LOOKUP", "Lookup"]);
  const exact = only(asGiven, { groupName: "crm", serviceDescription: "Lookup", adopt: true });
  expect((await fixture.send(applyMessage([exact]))).resources).toMatchObject([{ result: "UPDATED" }]);
});

test("a retirement in another spelling finds the service, its auth config and their records", async () => {
  await fixture.send(applyMessage(resources(asGiven)));
  const { data: _data, ...event } = applyMessage([]);
  const upper = (name: string) => name.toUpperCase();
  const retired = [
    { kind: "httpService", groupName: upper(names.group), serviceDescription: upper(names.service), delete: "service" },
    { kind: "authConfig", providerName: upper(names.auth) },
  ];
  const retire = { ...event, type: "ringcx.retire.v1", data: { accountId: "123456", resources: retired } };
  expect(await fixture.send(retire)).toMatchObject({ status: "SUCCEEDED" });
  expect(state()).toMatchObject({ groups: [{ services: [] }], authConfigs: [] });
  expect((await keys()).filter((sk) => /^(SERVICE|AUTHCONFIG|ACTIVATION)#/.test(sk))).toEqual([]);
});

test("an older message in another spelling does not bring back what was deleted", async () => {
  await fixture.send(applyMessage(resources(asGiven)));
  const older = applyMessage([only((name) => name.toUpperCase())]);
  const { data: _data, ...event } = applyMessage([]);
  const [retired] = [
    { kind: "httpService", groupName: names.group, serviceDescription: names.service, delete: "service" },
  ];
  await fixture.send({ ...event, type: "ringcx.retire.v1", data: { accountId: "123456", resources: [retired] } });
  expect(await fixture.send(older)).toMatchObject({ status: "SUPERSEDED" });
  expect(state().groups).toMatchObject([{ services: [] }]);
  expect(await fixture.send(applyMessage([only((name) => name.toUpperCase())]))).toMatchObject({ status: "SUCCEEDED" });
  expect(await fixture.send(applyMessage([only(asGiven)]))).toMatchObject({ status: "NO_CHANGE" });
});

test("a copy finds its source in another spelling, and its target", async () => {
  await fixture.send(applyMessage(resources(asGiven)));
  const copy = (to: string) => {
    const { data: _data, ...event } = applyMessage([]);
    const from = { groupName: names.group.toUpperCase(), serviceDescription: names.service.normalize("NFD") };
    return { ...event, type: "ringcx.copy.v1", data: { accountId: "123456", from, to: { serviceDescription: to } } };
  };
  expect((await fixture.send(copy("Zweite"))).resources).toMatchObject([
    { result: "CREATED", changes: [`cloned from "${names.service}"`, "deactivated: it was born active"] },
  ]);
  expect(await fixture.send(copy("ZWEITE"))).toMatchObject({ status: "NO_CHANGE" });
  expect(state().groups).toMatchObject([{ groupName: names.group, services: [{}, { serviceDescription: "Zweite" }] }]);
  expect(state().groups[0]?.services).toHaveLength(2);
});

test("an input is not made again because Unicode writes its name in another way, but its case counts", async () => {
  const input = { name: "café", type: "PARAMETER", simpleDataType: "STRING" };
  await fixture.send(applyMessage(resources(asGiven, { httpServiceInputs: [input] })));
  const again = (name: string) => applyMessage([only(asGiven, { httpServiceInputs: [{ ...input, name }] })]);
  expect(await fixture.send(again("cafe\u0301"))).toMatchObject({ status: "NO_CHANGE" });
  expect((await fixture.send(again("CAFÉ"))).resources).toMatchObject([
    { changes: ["input CAFÉ created", "input café deleted"] },
  ]);
});

function edit(changes: object) {
  const [made] = state().groups;
  const address = { serviceGroupId: made?.serviceGroupId ?? 0, serviceId: made?.services[0]?.serviceId ?? 0 };
  fixture.simulator.editService({ accountId: "123456", ...address }, { ...changes });
}

async function createByHand(serviceGroupId: number, serviceDescription: string) {
  const path = `/voice/api/v1/admin/accounts/123456/httpServiceGroups/${serviceGroupId}/httpServices`;
  const httpServiceConfig = JSON.stringify({ url: `${fixture.crm.url}/customers/lookup` });
  await byHand("POST", path, { serviceType: "HTTP_POST", serviceDescription, httpServiceConfig });
}

async function byHand(method: string, path: string, body: object) {
  const headers = { authorization: `Bearer ${fixture.simulator.accessToken}`, "content-type": "application/json" };
  const { status } = await fetch(`${fixture.simulator.url}${path}`, { method, headers, body: JSON.stringify(body) });
  expect(status).toBeLessThan(300);
}
