import { afterEach, beforeEach, expect, test } from "vitest";
import { applyMessage, authConfig, crmSecret, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture({ simulator: { accounts: ["123456", "223456"] } });
  fixture.secrets.set("prod/crm", { ...crmSecret(fixture.crm, ["223456"]), versionId: "prod-v1" });
  await fixture.send(applyMessage([group, authConfig, service(fixture.crm)]));
  fixture.operations();
});
afterEach(() => fixture.stop());

const from = { groupName: "CRM enrichment", serviceDescription: "Lookup customer by ANI" };
const copy = (data: object) => {
  const { data: _data, ...event } = applyMessage([]);
  return { ...event, type: "ringcx.copy.v1", data: { accountId: "123456", from, ...data } };
};
const promote = (more: object = {}, overrides: object = {}) =>
  copy({
    accountId: "223456",
    from: { accountId: "123456", groupName: "CRM enrichment" },
    overrides: { authConfigs: [{ from: "CRM OAuth", secretId: "prod/crm" }], ...overrides },
    ...more,
  });
const services = (account = "123456") => fixture.simulator.state(account).groups[0]?.services ?? [];

test("a clone of an active service is inactive first, then what the overrides say", async () => {
  const message = copy({ to: { serviceDescription: "Lookup, new" }, overrides: { isDebug: true } });
  expect(await fixture.send(message)).toMatchObject({
    status: "SUCCEEDED",
    resources: [
      {
        name: "CRM enrichment/Lookup, new",
        result: "CREATED",
        changes: ['cloned from "Lookup customer by ANI"', "deactivated: it was born active", "isDebug"],
      },
    ],
  });
  const operations = fixture.operations();
  expect(operations.indexOf("setHttpServiceIsActive")).toBe(operations.indexOf("cloneHttpService") + 1);
  expect(services()).toMatchObject([
    { isEnabled: true, isDebug: false },
    { serviceDescription: "Lookup, new", isEnabled: false, isDebug: true, inputs: [{ name: "ani" }, {}, {}] },
  ]);
  expect(services()[1]?.authConfigId).toBe(services()[0]?.authConfigId);
  expect(await fixture.send(message)).toMatchObject({ status: "NO_CHANGE" });
});

test("a plan says that a copy stays inactive, as it does where nothing says isEnabled", async () => {
  const copies = [
    (more: object) => copy({ to: { serviceDescription: "Lookup, new" }, ...more }),
    (more: object) => promote(more),
  ];
  for (const message of copies) {
    const lines = (await fixture.send(message({ dryRun: true }))).resources?.flatMap(({ changes = [] }) => changes);
    expect(lines).toContain("stays inactive: isEnabled is not true");
    await fixture.send(message({}));
  }
  expect([services()[1]?.isEnabled, services("223456")[0]?.isEnabled]).toEqual([false, false]);
});

test("a clone whose answer is lost is found again and made inactive", async () => {
  fixture.simulator.faults.add({ kind: "lost-answer", match: { operation: "cloneHttpService" } });
  const outcome = await fixture.send(copy({ to: { serviceDescription: "Lookup, new" } }));
  expect(outcome.status).toBe("SUCCEEDED");
  expect(services()).toMatchObject([{ isEnabled: true }, { serviceDescription: "Lookup, new", isEnabled: false }]);
});

test("a clone whose deactivation fails is not left before it is inactive", async () => {
  fixture.simulator.faults.add({
    kind: "status",
    status: 503,
    match: { operation: "setHttpServiceIsActive" },
    times: 4,
  });
  const outcome = await fixture.send(copy({ to: { serviceDescription: "Lookup, new" } }));
  expect(fixture.deferred).toHaveLength(0);
  expect(outcome).toMatchObject({ status: "SUCCEEDED", resources: [{ result: "CREATED" }] });
  expect(services()).toMatchObject([{ isEnabled: true }, { serviceDescription: "Lookup, new", isEnabled: false }]);
});

test("a clone in the place of an active service that is gone is inactive all the same", async () => {
  const message = copy({ to: { serviceDescription: "Lookup, new" }, overrides: { isEnabled: true } });
  await fixture.send(message);
  const gone = services()[1];
  expect(gone?.isEnabled).toBe(true);
  const { serviceGroupId } = fixture.simulator.state().groups[0] ?? {};
  const path = `/voice/api/v2/admin/accounts/123456/httpServiceGroups/${serviceGroupId}/httpServices/${gone?.serviceId}`;
  const headers = { authorization: `Bearer ${fixture.simulator.accessToken}` };
  await fetch(`${fixture.simulator.url}${path}`, { method: "DELETE", headers });
  fixture.crm.setDown(true);
  expect(await fixture.send(message)).toMatchObject({ status: "PARTIAL" });
  expect(services()).toMatchObject([{ isEnabled: true }, { serviceDescription: "Lookup, new", isEnabled: false }]);
});

test("a promotion makes in another account what is there, by name, with the secret of the target", async () => {
  const outcome = await fixture.send(promote({}, { isEnabled: true }));
  expect(outcome).toMatchObject({ status: "SUCCEEDED", accountId: "223456" });
  expect(outcome.resources?.map(({ kind, result }) => [kind, result])).toEqual([
    ["httpServiceGroup", "CREATED"],
    ["authConfig", "CREATED"],
    ["httpService", "CREATED"],
  ]);
  expect(fixture.operations()).toEqual([
    ...["getHttpServiceGroupListWithChildren", "getHttpServiceInputList", "getExternalAuthConfigsList"],
    ...["getHttpServiceGroupListWithChildren", "getExternalAuthConfigsList"],
    ...["createHttpServiceGroup", "createExternalAccountAuthConfigOAuth"],
    ...["createHttpService", "createHttpServiceInput", "setHttpServiceIsActive"],
  ]);
  const target = fixture.simulator.state("223456");
  expect(target.authConfigs).toMatchObject([{ providerName: "CRM OAuth", authType: "OAUTH" }]);
  expect(services("223456")).toMatchObject([
    {
      serviceDescription: "Lookup customer by ANI",
      isEnabled: true,
      authConfigId: target.authConfigs[0]?.authConfigId,
      inputs: [{ name: "ani" }, { name: "queue" }, { name: "agent" }],
    },
  ]);
  expect(target.authConfigs[0]?.authConfigId).not.toBe(fixture.simulator.state("123456").authConfigs[0]?.authConfigId);
  fixture.operations();
  expect(await fixture.send(promote({}, { isEnabled: true }))).toMatchObject({ status: "NO_CHANGE" });
  expect(fixture.operations().filter((name) => !name.startsWith("get"))).toEqual([]);
});

test("the difference between two environments is a dry run", async () => {
  await fixture.send(promote());
  await fixture.send(applyMessage([service(fixture.crm, { isDebug: true })]));
  const outcome = await fixture.send(promote({ dryRun: true }));
  expect(outcome).toMatchObject({ status: "PLANNED" });
  expect(outcome.resources?.filter(({ result }) => result === "PLANNED")).toMatchObject([
    { changes: ["isDebug false → true"] },
  ]);
  expect(services("223456")).toMatchObject([{ isDebug: false }]);
});

test("URLs and headers are those of the target", async () => {
  const urls = [
    { from: `${fixture.crm.url}/customers`, to: `${fixture.crm.url}/v2/customers` },
    { from: fixture.crm.url, to: "https://never.example.com" },
  ];
  const headers = { "content-type": "text/plain", "X-Environment": "production" };
  await fixture.send(promote({}, { urls, headers }));
  expect(JSON.parse(String(services("223456")[0]?.httpServiceConfig))).toEqual({
    url: `${fixture.crm.url}/v2/customers/lookup`,
    headers,
  });
});

test("what cannot travel is refused before anything is written", async () => {
  const [made] = services();
  const place = {
    accountId: "123456",
    serviceGroupId: fixture.simulator.state("123456").groups[0]?.serviceGroupId ?? 0,
  };
  const edit = (changes: object) =>
    fixture.simulator.editService({ ...place, serviceId: made?.serviceId ?? 0 }, { ...changes });
  const outcome = await fixture.send(promote({}, { authConfigs: [{ from: "CRM Oauth", secretId: "prod/crm" }] }));
  expect(outcome).toMatchObject({
    status: "REJECTED",
    problems: [
      { path: "data.overrides.authConfigs[0].from", hint: 'auth configs that are used there: "CRM OAuth"' },
      {
        message:
          'the secret of "CRM OAuth" is not known in the account of the copy, whose validation is to send its credential',
        hint: 'add {"from":"CRM OAuth","secretId":"NAME"} to data.overrides.authConfigs, with the name of a secret whose tags allow data.accountId',
      },
    ],
  });
  const config = { url: fixture.crm.url, headers: { "X-Api-Key": "hush-hush" } };
  edit({ httpServiceConfig: JSON.stringify(config) });
  const refused = await fixture.send(promote());
  expect(refused).toMatchObject({
    status: "REJECTED",
    problems: [{ hint: "leave it out with overrides.withoutHeaders" }],
  });
  expect(JSON.stringify(refused)).not.toContain("hush-hush");
  expect(fixture.simulator.state("223456")).toMatchObject({ groups: [], authConfigs: [] });
  expect(await fixture.send(promote({}, { withoutHeaders: ["x-api-key"] }))).toMatchObject({ status: "SUCCEEDED" });
});

test("what no message can hold does not travel as something else", async () => {
  const [made] = services();
  const place = {
    accountId: "123456",
    serviceGroupId: fixture.simulator.state("123456").groups[0]?.serviceGroupId ?? 0,
    serviceId: made?.serviceId ?? 0,
  };
  const found = JSON.parse(made?.httpServiceConfig ?? "{}").url;
  const httpServiceConfig = `{"url":"${found}","filters":[1.0,12345678901234567890],"__proto__":{"x":1}}`;
  fixture.simulator.editService(place, { httpServiceConfig });
  expect((await fixture.send(promote())).problems?.map(({ path }) => path)).toEqual([
    "data.from (Lookup customer by ANI).httpServiceConfig.filters[1]",
    "data.from (Lookup customer by ANI).httpServiceConfig.__proto__",
  ]);
  expect(fixture.simulator.state("223456")).toMatchObject({ groups: [], authConfigs: [] });
});

test("a secret of the source is refused at the target; an unknown source names what there is", async () => {
  const wrong = await fixture.send(promote({}, { authConfigs: [{ from: "CRM OAuth", secretId: "prod/none" }] }));
  expect(wrong).toMatchObject({
    status: "REJECTED",
    problems: [{ message: expect.stringContaining("the secret prod/none cannot be read: there is no such secret") }],
  });
  const none = await fixture.send(
    copy({ from: { ...from, serviceDescription: "Lookup" }, to: { serviceDescription: "x" } }),
  );
  expect(none).toMatchObject({
    status: "REJECTED",
    problems: [{ path: "data.from.serviceDescription", hint: 'services there are: "Lookup customer by ANI"' }],
  });
  const unknown = await fixture.send(promote({ from: { accountId: "999", groupName: "CRM enrichment" } }));
  expect(unknown).toMatchObject({ status: "REJECTED", problems: [{ path: "data.from.accountId" }] });
});

test("an override of URLs that fits nothing is refused: it would move nothing", async () => {
  const outcome = await fixture.send(
    copy({
      to: { serviceDescription: "Moved" },
      overrides: { urls: [{ from: "https://crm", to: "https://other.example" }] },
    }),
  );
  expect(outcome).toMatchObject({
    status: "REJECTED",
    problems: [{ path: "data.overrides.urls[0].from", hint: expect.stringContaining(fixture.crm.host) }],
  });
});

/** What the target of {@link toTaken} holds before the copy. */
const taken = (more: object = {}) =>
  service(fixture.crm, { serviceDescription: "Lookup, new", isEnabled: false, validation: undefined, ...more });
const toTaken = (more: object = {}) =>
  copy({ to: { serviceDescription: "Lookup, new" }, overrides: { isDebug: true }, ...more });

test("a copy replaces what no message has made only when it says so", async () => {
  await fixture.send(applyMessage([taken()]));
  for (const { pk, sk } of await fixture.table.query("ACCOUNT#123456", "SERVICE#"))
    await fixture.table.delete({ pk, sk });
  for (const dryRun of [true, false]) {
    const refused = await fixture.send(toTaken({ dryRun }));
    expect(refused).toMatchObject({
      status: dryRun ? "PLANNED" : "REJECTED",
      resources: [
        {
          problems: [{ message: expect.stringContaining("exists already"), hint: 'say "adopt": true to take it over' }],
        },
      ],
    });
    expect(services()[1]).toMatchObject({ isDebug: false });
  }
  expect(await fixture.send(toTaken({ adopt: true }))).toMatchObject({ status: "SUCCEEDED" });
  expect(services()[1]).toMatchObject({ isDebug: true });
});

test("a copy replaces what another message has made only when it says so", async () => {
  const maker = applyMessage([taken()]);
  await fixture.send(maker);
  const refused = await fixture.send(toTaken());
  expect(refused).toMatchObject({ status: "REJECTED" });
  expect(refused.resources?.[0]?.problems).toMatchObject([
    {
      message: expect.stringContaining(`made by the message ${maker.id} of ${maker.source}`),
      hint: expect.stringContaining('"adopt": true'),
    },
  ]);
  const respelled = toTaken({ to: { serviceDescription: " LOOKUP, new" } });
  expect(await fixture.send(respelled)).toMatchObject({ status: "REJECTED" });
  expect(services()[1]).toMatchObject({ isDebug: false });
  expect(await fixture.send(toTaken({ adopt: true }))).toMatchObject({ status: "SUCCEEDED" });
  expect(services()[1]).toMatchObject({ isDebug: true });
  // Now it is a copy of this source, and stays one whatever else is declared of it.
  expect(await fixture.send(toTaken())).toMatchObject({ status: "NO_CHANGE" });
  expect(await fixture.send(applyMessage([taken({ isDebug: false })]))).toMatchObject({ status: "SUCCEEDED" });
  expect(await fixture.send(toTaken())).toMatchObject({ status: "SUCCEEDED" });
  expect(services()[1]).toMatchObject({ isDebug: true });
});

test("a copy of another source is not one of this", async () => {
  await fixture.send(copy({ to: { serviceDescription: "Lookup, new" } }));
  const other = { ...from, serviceDescription: "Lookup, other" };
  await fixture.send(applyMessage([taken({ serviceDescription: "Lookup, other" })]));
  const refused = await fixture.send(toTaken({ from: other }));
  expect(refused).toMatchObject({ status: "REJECTED" });
  expect(refused.resources?.[0]?.problems?.[0]?.hint).toContain('"adopt": true');
});
