import { afterEach, beforeEach, expect, test } from "vitest";
import { applyMessage, authConfig, crmSecret, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture({ settings: { senders: [{ senderId: "AROA1", accountIds: ["123456"] }] } });
  fixture.secrets.set("crm/oauth", { ...crmSecret(fixture.crm, ["123456"]) });
});
afterEach(() => fixture.stop());

const whole = (more: object = {}) => applyMessage([group, authConfig, service(fixture.crm, more)]);

/** The problems of a message that is refused; it must not have cost a request. */
async function refusalOf(message: object | string, senderId = "AROA1:onboarding") {
  expect(await fixture.deliver([message], { senderId })).toEqual([]);
  expect(fixture.operations()).toEqual([]);
  expect(fixture.deadLetters).toHaveLength(fixture.outcomes.length);
  const outcome = fixture.outcomes.at(-1);
  expect(outcome?.status).toBe("REJECTED");
  return outcome?.problems ?? [];
}

const retag = (tags: Record<string, string>) => {
  const secret = crmSecret(fixture.crm, ["123456"]);
  fixture.secrets.set("crm/oauth", { ...secret, tags: { ...secret.tags, ...tags } });
};

test("a sender changes the accounts that the settings name, and no others", async () => {
  expect(await refusalOf(whole(), "AROA2:onboarding")).toMatchObject([
    { path: "data.accountId", message: "the sender AROA2:onboarding may not change account 123456" },
  ]);
  expect(await refusalOf(applyMessage([group], { data: { accountId: "777" } }))).toMatchObject([
    { message: "the sender AROA1:onboarding may not change account 777", hint: expect.stringContaining("123456") },
  ]);
  await fixture.deliver([whole()], { senderId: "AROA1:onboarding" });
  expect(fixture.outcomes.at(-1)?.status).toBe("SUCCEEDED");
});

test("a sender that names a connection changes the accounts of that one, and no others", async () => {
  await fixture.stop();
  fixture = await startFixture({ settings: { senders: [{ senderId: "AROA1", connections: ["local"] }] } });
  expect(await refusalOf(applyMessage([group], { data: { accountId: "777" } }))).toMatchObject([
    { message: "the sender AROA1:onboarding may not change account 777", hint: expect.stringContaining("123456") },
  ]);
  expect(await fixture.deliver([applyMessage([group])], { senderId: "AROA1:onboarding" })).toEqual([]);
  expect(fixture.outcomes.at(-1)?.status).toBe("SUCCEEDED");
});

test("an account that no connection may use is refused by name", async () => {
  await fixture.stop();
  fixture = await startFixture();
  expect(await refusalOf(applyMessage([group], { data: { accountId: "777" } }))).toMatchObject([
    { path: "data.accountId", message: "no connection may use account 777", hint: "accounts there are: 123456" },
  ]);
});

test("a secret goes to the accounts, the connection and the hosts that its own tags name", async () => {
  retag({ "ringcx:accounts": "999 1234567" });
  expect(await refusalOf(whole())).toMatchObject([
    { path: "data.resources[1].secretId", message: expect.stringContaining("names 999, 1234567") },
  ]);
  retag({ "ringcx:connection": "other" });
  expect(await refusalOf(whole())).toMatchObject([
    { message: expect.stringContaining("not for the connection local") },
  ]);
  retag({ "ringcx:environment": "other" });
  expect(await refusalOf(whole())).toMatchObject([
    {
      path: "data.resources[1].secretId",
      message: expect.stringContaining("is for the environment other by its tag ringcx:environment"),
      hint: expect.stringContaining("tag it with ringcx:environment"),
    },
  ]);
  retag({ "ringcx:hosts": "crm.example.com" });
  expect(await refusalOf(whole())).toMatchObject([
    {
      path: "data.resources[1].secretId",
      message: expect.stringContaining("tokenUrl: its host is not named by the secret's tag ringcx:hosts"),
    },
    {
      path: "data.resources[2].httpServiceConfig.url",
      message: expect.stringContaining("its tag ringcx:hosts names crm.example.com"),
    },
  ]);
  retag({ "ringcx:hosts": "" });
  expect(await refusalOf(whole())).toMatchObject([
    { message: expect.stringContaining("names none") },
    { message: expect.stringContaining("names none") },
  ]);
});

test("a secret that another message bound is still sent to its own hosts only", async () => {
  await fixture.deliver([whole()], { senderId: "AROA1" });
  fixture.operations();
  fixture.deadLetters.length = 0;
  fixture.outcomes.length = 0;
  const elsewhere = { httpServiceConfig: { url: "https://evil.example.org/collect" }, validation: undefined };
  const named = await refusalOf(applyMessage([service(fixture.crm, elsewhere)]));
  expect(named).toContainEqual(
    expect.objectContaining({ message: expect.stringContaining("may not be sent to evil.example.org") }),
  );
  const unnamed = await refusalOf(applyMessage([service(fixture.crm, { ...elsewhere, authConfig: undefined })]));
  expect(unnamed).toEqual(named);
});

test("a secret whose auth config was linked by hand is not sent elsewhere by adopting the service", async () => {
  await fixture.deliver([applyMessage([group, authConfig])], { senderId: "AROA1" });
  const { groups, authConfigs } = fixture.simulator.state();
  const account = { accountId: "123456", serviceGroupId: groups[0]?.serviceGroupId ?? 0 };
  const unlinked = service(fixture.crm, { authConfig: undefined, validation: undefined, isEnabled: false });
  await fixture.deliver([applyMessage([unlinked])], { senderId: "AROA1" });
  const serviceId = fixture.simulator.state().groups[0]?.services[0]?.serviceId ?? 0;
  fixture.simulator.editService({ ...account, serviceId }, { authConfigId: authConfigs[0]?.authConfigId ?? "" });
  const message = applyMessage([{ ...unlinked, httpServiceConfig: { url: "https://evil.example.org/x" } }]);
  await fixture.deliver([message], { senderId: "AROA1" });
  expect(fixture.outcomes.at(-1)).toMatchObject({
    status: "REJECTED",
    problems: [{ message: expect.stringContaining("may not be sent to evil.example.org") }],
  });
});

test.each([
  ["does not exist", undefined, /the secret crm\/oauth cannot be read: there is no such secret/],
  ["is not JSON", "hush-hush", /it is plain text, not JSON/],
  ["is a list", '["hush-hush"]', /it is JSON, but a list/],
  [
    "has the wrong fields",
    '{"clientId":"c","clientSecret":"hush-hush"}',
    /unknown field "clientSecret" \(did you mean secret\?\)/,
  ],
])("a secret that %s is refused without its value", async (_what, value, why) => {
  const secret = crmSecret(fixture.crm, ["123456"]);
  if (value === undefined) fixture.secrets.delete("crm/oauth");
  else fixture.secrets.set("crm/oauth", { ...secret, value });
  const problems = await refusalOf(whole());
  expect(problems[0]).toMatchObject({ path: "data.resources[1].secretId", message: expect.stringMatching(why) });
  expect(JSON.stringify(problems)).not.toContain("hush-hush");
});

test("a validation that may not be sent, or has no credential to send, is refused", async () => {
  const validation = { credential: { in: "HEADER", name: "Authorization" }, expect: {} };
  const off = { ...validation, url: "https://never.example.com/x" };
  expect((await refusalOf(whole({ validation: off })))[0]).toMatchObject({
    path: "data.resources[2].validation.url",
    message: expect.stringContaining("not on the allow-list"),
  });
  const alone = applyMessage([group, service(fixture.crm, { authConfig: undefined, validation })]);
  expect(await refusalOf(alone)).toMatchObject([{ path: "data.resources[1].validation.credential" }]);
  const unknown = applyMessage([group, service(fixture.crm, { authConfig: "Unknown", validation })]);
  expect(await refusalOf(unknown)).toMatchObject([{ message: 'the secret of "Unknown" is not known' }]);
});

test("what is no message at all is kept with its reason and published under the queue's own id", async () => {
  for (const body of ["", "{oops", "[]", '{"specversion":"1.0"}', "x".repeat(200_000)]) {
    expect((await refusalOf(body)).length).toBeGreaterThan(0);
    expect(fixture.outcomes.at(-1)?.cause).toMatchObject({ source: "sqs", type: "unknown" });
    expect(fixture.deadLetters.at(-1)?.body).toBe(body);
  }
});

test("whoever may not change the account is told that, and nothing about the rest of the message", async () => {
  const { data, ...envelope } = whole() as { data: object };
  const wrong = { ...envelope, data: { ...data, resources: [{ kind: "__proto__" }] } };
  expect(await refusalOf(wrong, "AROA2:other")).toMatchObject([
    { path: "data.accountId", message: expect.stringContaining("may not change account 123456") },
  ]);
  expect(await refusalOf(wrong)).toMatchObject([{ path: "data.resources[0].kind" }]);
});

test("a time in the future is refused: every later message would count as older", async () => {
  const time = (aheadMs: number) => new Date(Date.now() + aheadMs).toISOString();
  expect(await refusalOf({ ...whole(), time: time(6 * 60_000) })).toMatchObject([{ path: "time" }]);
  await fixture.deliver([{ ...whole(), time: time(4 * 60_000) }], { senderId: "AROA1" });
  expect(fixture.outcomes.at(-1)?.status).toBe("SUCCEEDED");
});

test("names in any script go through RingCX and back", async () => {
  const names = ["\"Lookup\" 'a' & <b>", "☎️ 📞 客户", "بحث عن العميل", "a/b%2Fc#d?e"];
  const services = names.map((serviceDescription) => service(fixture.crm, { serviceDescription }));
  const message = applyMessage([group, authConfig, ...services]);
  await fixture.deliver([message], { senderId: "AROA1" });
  expect(fixture.outcomes.at(-1)?.status).toBe("SUCCEEDED");
  expect(fixture.simulator.state().groups[0]?.services.map(({ serviceDescription }) => serviceDescription)).toEqual(
    names,
  );
  await fixture.deliver([message], { senderId: "AROA1" });
  expect(fixture.outcomes.at(-1)?.status).toBe("NO_CHANGE");
});

test("one bad resource keeps back only what depends on it", async () => {
  fixture.simulator.faults.add({
    kind: "status",
    status: 400,
    match: { operation: "createExternalAccountAuthConfigOAuth" },
  });
  const free = service(fixture.crm, { serviceDescription: "free", authConfig: undefined, validation: undefined });
  await fixture.deliver([applyMessage([group, authConfig, service(fixture.crm), free])], { senderId: "AROA1" });
  expect(fixture.outcomes.at(-1)).toMatchObject({
    status: "PARTIAL",
    resources: [
      { result: "CREATED" },
      { kind: "authConfig", result: "FAILED" },
      { result: "SKIPPED", problems: [{ message: 'waits for authConfig "CRM OAuth"' }] },
      { name: "CRM enrichment/free", result: "CREATED" },
    ],
  });
});

test("groups of messages do not wait for each other", async () => {
  await fixture.stop();
  fixture = await startFixture({ simulator: { accounts: ["123456", "223456"] } });
  fixture.simulator.faults.add({
    kind: "status",
    status: 503,
    match: { path: "*/123456/httpServiceGroups/withChildren" },
    times: 4,
  });
  const one = applyMessage([group]);
  const other = applyMessage([group], { data: { accountId: "223456" } });
  const again = await fixture.deliverGroups([
    ["123456", one],
    ["223456", other],
  ]);
  expect(again.map((body) => JSON.parse(body).data.accountId)).toEqual(["123456"]);
  expect(fixture.outcomes).toMatchObject([{ status: "SUCCEEDED", accountId: "223456" }]);
});

test("a dry run that is refused has its answer, is kept nowhere, and tells no chat", async () => {
  const dryRun = (accountId: string) => ({ ...applyMessage([group], { data: { accountId, dryRun: true } }) });
  const wrong = {
    ...dryRun("123456"),
    id: "wrong",
    data: { accountId: "123456", dryRun: true, resources: [{ kind: "x" }] },
  };
  const encoded = { ...dryRun("123456"), id: "encoded", datacontenttype: "application/json" };
  const { data: _, ...envelope } = encoded;
  const inBase64 = { ...envelope, data_base64: btoa(JSON.stringify(wrong.data)) };
  for (const [message, senderId] of [
    [dryRun("999"), "AROA1"],
    [wrong, "AROA1"],
    [inBase64, "AROA1"],
    [{ ...inBase64, id: "both", data: wrong.data, data_base64: btoa("{}") }, "AROA1"],
    [{ ...wrong, id: "unset", data_base64: null }, "AROA1"],
    [{ ...dryRun("123456"), id: "stranger" }, "AIDA2"],
  ] as const) {
    expect(await fixture.deliver([message], { senderId })).toEqual([]);
    const outcome = fixture.outcomes.at(-1);
    expect(outcome).toMatchObject({ status: "REJECTED", details: { dryRun: true } });
  }
  expect(fixture.outcomes).toHaveLength(6);
  expect(fixture.deadLetters).toEqual([]);
  // The same, meant to be carried out, waits for whoever mends it.
  await fixture.deliver([applyMessage([group], { data: { accountId: "999" } })], { senderId: "AROA1" });
  expect(fixture.deadLetters).toHaveLength(1);
});
