import { afterEach, beforeEach, expect, test } from "vitest";
import { applyMessage, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture({ allowedHosts: [] });
  await fixture.send(applyMessage([group, plain({ "Content-Type": "application/json", "X-Tenant": "a" })]));
});
afterEach(() => fixture.stop());

/** A service without an auth config, so that only its headers matter. */
function plain(headers: object, url = `${fixture.crm.url}/customers/lookup`) {
  const { authConfig: _none, validation: _validation, ...rest } = service(fixture.crm, { isEnabled: false });
  return { ...rest, httpServiceConfig: { url, headers } };
}

function made() {
  const [found] = fixture.simulator.state().groups;
  const [only] = found?.services ?? [];
  if (!found || !only) throw new Error("The service is gone");
  return { accountId: "123456", serviceGroupId: found.serviceGroupId, serviceId: only.serviceId, service: only };
}

const headersNow = () => JSON.parse(String(made().service.httpServiceConfig)).headers;

function answerHeaders(headers: object) {
  const { service: current, ...address } = made();
  const { url } = JSON.parse(String(current.httpServiceConfig));
  fixture.simulator.editService(address, { httpServiceConfig: JSON.stringify({ url, headers }) });
}

const declared = { "Content-Type": "application/json", "X-Tenant": "a" };

test("names of headers in another case, and headers that the manifest does not name, are no drift", async () => {
  answerHeaders({ "content-type": "application/json", "x-tenant": "a", "User-Agent": "RingCX" });
  fixture.operations();
  expect(await fixture.send(applyMessage([plain(declared)]))).toMatchObject({ status: "NO_CHANGE" });
  expect(fixture.operations().filter((name) => !name.startsWith("get"))).toEqual([]);
});

test("the manifest's value wins under the spelling that is there, and no second one is added", async () => {
  answerHeaders({ "x-tenant": "b", "User-Agent": "RingCX", "content-type": "application/json" });
  expect((await fixture.send(applyMessage([plain(declared)]))).resources).toMatchObject([
    { changes: ["httpServiceConfig.headers.X-Tenant (drift corrected)"] },
  ]);
  expect(headersNow()).toEqual({ "x-tenant": "a", "User-Agent": "RingCX", "content-type": "application/json" });
});

test("a header that is there in two spellings is written once", async () => {
  answerHeaders({ ...declared, "x-tenant": "b" });
  await fixture.send(applyMessage([plain(declared)]));
  expect(headersNow()).toEqual(declared);
});

test("a header that is no longer named stays, one that is null is removed, and never made", async () => {
  await fixture.send(applyMessage([plain({ "Content-Type": "application/json" })]));
  expect(headersNow()).toEqual(declared);
  const without = plain({ "x-tenant": null });
  expect((await fixture.send(applyMessage([without]))).resources).toMatchObject([
    { changes: ["httpServiceConfig.headers.x-tenant"] },
  ]);
  expect(headersNow()).toEqual({ "Content-Type": "application/json" });
  expect(await fixture.send(applyMessage([without]))).toMatchObject({ status: "NO_CHANGE" });
  await fixture.send(applyMessage([{ ...plain({ "X-None": null, "X-A": "1" }), serviceDescription: "second" }]));
  const second = fixture.simulator.state().groups[0]?.services[1];
  expect(JSON.parse(String(second?.httpServiceConfig)).headers).toEqual({ "X-A": "1" });
});

test("a header with a credential that would be kept goes to no other host; null removes it on the way", async () => {
  answerHeaders({ ...declared, Authorization: "Bearer hush-hush" });
  const elsewhere = "https://elsewhere.example.com/lookup";
  const refused = await fixture.send(applyMessage([plain(declared, elsewhere)]));
  expect(refused.resources).toMatchObject([
    {
      result: "FAILED",
      problems: [
        {
          path: "data.resources[0].httpServiceConfig.headers.Authorization",
          hint: expect.stringContaining('"Authorization": null in httpServiceConfig.headers'),
        },
      ],
    },
  ]);
  expect(JSON.stringify(refused)).not.toContain("hush-hush");
  expect(String(made().service.httpServiceConfig)).not.toContain("elsewhere");
  const removed = await fixture.send(applyMessage([plain({ authorization: null }, elsewhere)]));
  expect(removed).toMatchObject({ status: "SUCCEEDED" });
  expect(JSON.parse(String(made().service.httpServiceConfig))).toEqual({ url: elsewhere, headers: declared });
});

test("a header that only looks like a credential stays at its host", async () => {
  const looks = {
    ...declared,
    "X-Session": ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxIn0", "c2lnbmF0dXJlLW9mLWl0"].join("."),
  };
  answerHeaders(looks);
  expect(await fixture.send(applyMessage([plain({ "X-Tenant": "b" })]))).toMatchObject({ status: "SUCCEEDED" });
  expect(headersNow()).toEqual({ ...looks, "X-Tenant": "b" });
  const moved = plain({ "X-Tenant": "b" }, "https://elsewhere.example.com/lookup");
  expect((await fixture.send(applyMessage([moved]))).resources).toMatchObject([
    { problems: [{ message: expect.stringContaining("httpServiceConfig.headers.X-Session, which a change") }] },
  ]);
});

test("a header that a person adds while a message is applied is kept", async () => {
  fixture.simulator.faults.add({ kind: "slow", ms: 300, match: { operation: "getHttpService" } });
  fixture.simulator.clearRequests();
  const sent = fixture.send(applyMessage([plain({ "X-Tenant": "b" })]));
  while (!fixture.simulator.requests.some(({ operation }) => operation === "getHttpServiceGroupListWithChildren")) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  answerHeaders({ ...declared, "X-Person": "1" });
  await sent;
  expect(headersNow()).toEqual({ ...declared, "X-Tenant": "b", "X-Person": "1" });
});

test("a copy without a header removes it where an earlier copy has brought it", async () => {
  answerHeaders({ ...declared, "X-Extra": "1" });
  const { data: _data, ...event } = applyMessage([]);
  const from = { groupName: "CRM enrichment", serviceDescription: "Lookup customer by ANI" };
  const copy = (overrides: object) => {
    const { data: _none, ...next } = applyMessage([]);
    const data = { accountId: "123456", from, to: { serviceDescription: "clone" }, overrides };
    return { ...event, ...next, type: "ringcx.copy.v1", data };
  };
  const clone = () => {
    const found = fixture.simulator.state().groups[0]?.services[1];
    return JSON.parse(String(found?.httpServiceConfig)).headers;
  };
  await fixture.send(copy({ withoutHeaders: ["x-extra"] }));
  expect(clone()).toEqual(declared);
  await fixture.send(copy({}));
  expect(clone()).toEqual({ ...declared, "X-Extra": "1" });
  await fixture.send(copy({ withoutHeaders: ["X-EXTRA", "x-extra"] }));
  expect(clone()).toEqual(declared);
});
