import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { acquireRecords } from "../../../functions/rotate-credentials/record/leased-record.ts";
import { activationKey } from "../../../shared/records/account/activation.ts";
import { isEnded } from "../../../shared/records/account/moving-activation.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { alarmPartition } from "../../../shared/records/alarm-links.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { secretPartition } from "../../../shared/records/credential/secret-binding.ts";
import type { Key } from "../../../shared/state/table.ts";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture({ simulator: { accounts: ["123456"] } });
});
afterEach(() => fixture.stop());

const retire = (resources: readonly object[], data: object = {}) =>
  applyMessage(resources, { event: { type: "ringcx.retire.v1" }, data });
const lookup = { kind: "httpService", groupName: "CRM enrichment", serviceDescription: "Lookup customer by ANI" };
const crmAuth = { kind: "authConfig", providerName: "CRM OAuth" };
const boundTo = {
  secretArn: "arn:secret:crm/oauth",
  connection: "main",
  accountId: "123456",
  authType: "OAUTH",
  providerName: "CRM OAuth",
} as const;
const alarm = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:crm";

const make = () =>
  fixture.send(applyMessage([group, authConfig, service(fixture.crm, { health: { alarms: [alarm] } })]));
const services = () => fixture.simulator.state().groups[0]?.services ?? [];

test("a retired service is inactive for good: neither a manifest nor a recovery brings it back", async () => {
  await make();
  fixture.operations();
  expect(await fixture.send(retire([lookup]))).toMatchObject({
    status: "SUCCEEDED",
    resources: [{ result: "UPDATED", changes: ["retired", "deactivated"] }],
  });
  expect(fixture.operations()).toEqual(["getHttpServiceGroupListWithChildren", "setHttpServiceIsActive"]);
  expect(await fixture.send(retire([lookup]))).toMatchObject({ status: "NO_CHANGE" });
  const outcome = await fixture.send(applyMessage([service(fixture.crm)]));
  expect(outcome.resources?.[0]?.changes).toContainEqual("left inactive: retired");
  expect(services()).toMatchObject([{ isEnabled: false, inputs: [{}, {}, {}] }]);
});

test("inputs, service and auth config go as far as asked, and what was known goes with them", async () => {
  await make();
  expect(await fixture.send(retire([{ ...lookup, delete: "inputs" }]))).toMatchObject({ status: "SUCCEEDED" });
  expect(services()).toMatchObject([{ inputs: [] }]);
  fixture.operations();
  const outcome = await fixture.send(retire([crmAuth, { ...lookup, delete: "service" }]));
  expect(outcome).toMatchObject({ status: "SUCCEEDED", resources: [{ result: "DELETED" }, { result: "DELETED" }] });
  expect(fixture.operations().slice(2)).toEqual(["deleteRemoteHttpServiceUsingDELETE", "deleteExternalAuthConfigById"]);
  expect(fixture.simulator.state()).toMatchObject({ groups: [{ services: [] }], authConfigs: [] });
  expect(await fixture.table.query(alarmPartition(alarm))).toEqual([]);
  expect(await fixture.table.query(secretPartition("arn:secret:crm/oauth"))).toEqual([]);
  expect(await fixture.table.query("ACCOUNT#123456", "SERVICE#")).toEqual([]);
  expect((await fixture.table.query("ACCOUNT#123456", "ACTIVATION#")).filter((item) => !isEnded(item))).toEqual([]);
  expect(await fixture.send(retire([crmAuth, { ...lookup, delete: "service" }]))).toMatchObject({
    status: "NO_CHANGE",
  });
});

test("an older message does not bring back what was deleted, a newer one may", async () => {
  const older = applyMessage([authConfig, service(fixture.crm)]);
  await make();
  await fixture.send(retire([{ ...lookup, delete: "service" }, crmAuth]));
  expect(await fixture.send(older)).toMatchObject({ status: "SUPERSEDED" });
  expect(services()).toEqual([]);
  expect(await make()).toMatchObject({ status: "SUCCEEDED" });
  expect(services()).toMatchObject([{ isEnabled: true }]);
});

test("what a workflow refers to is inactive but stays, and the outcome says why", async () => {
  await make();
  const { groups } = fixture.simulator.state();
  const [first] = groups;
  fixture.simulator.faults.add({
    kind: "status",
    status: 409,
    match: { operation: "deleteRemoteHttpServiceUsingDELETE" },
  });
  const outcome = await fixture.send(retire([{ ...lookup, delete: "service" }, crmAuth]));
  expect(outcome).toMatchObject({
    status: "REJECTED",
    resources: [
      {
        result: "FAILED",
        changes: ["retired", "deactivated"],
        problems: [{ hint: expect.stringContaining("referenced by a workflow that prevents deletion") }],
      },
      { result: "SKIPPED", problems: [{ message: expect.stringContaining("waits for httpService") }] },
    ],
  });
  expect(first?.serviceGroupId).toBeDefined();
  expect(services()).toMatchObject([{ isEnabled: false, inputs: [{}, {}, {}] }]);
});

test("an auth config that is still used is refused by the names of those who use it, without a call", async () => {
  await make();
  // Before, what was read of the account could be older than what was made.
  fixture.skip(30_000);
  fixture.operations();
  expect(await fixture.send(retire([crmAuth]))).toMatchObject({
    status: "REJECTED",
    resources: [{ problems: [{ message: expect.stringContaining("CRM enrichment/Lookup customer by ANI") }] }],
  });
  expect(fixture.operations()).toEqual(["getHttpServiceGroupListWithChildren", "getExternalAuthConfigsList"]);
});

test("what no message made is retired only when the message says so; a dry run does nothing", async () => {
  await make();
  await fixture.table.delete(serviceRecordKey({ accountId: "123456", ...lookup }));
  expect(await fixture.send(retire([lookup]))).toMatchObject({ status: "REJECTED" });
  expect(await fixture.send(retire([{ ...lookup, adopt: true, delete: "service" }], { dryRun: true }))).toMatchObject({
    status: "PLANNED",
    resources: [{ result: "PLANNED", changes: ["deactivated", "deleted"] }],
  });
  expect(services()).toMatchObject([{ isEnabled: true }]);
  expect(await fixture.send(retire([{ ...lookup, adopt: true }]))).toMatchObject({ status: "SUCCEEDED" });
});

test("a service that an operator holds by hands-off is retired, but left as it is", async () => {
  await make();
  const name = { accountId: "123456", groupName: lookup.groupName, serviceDescription: lookup.serviceDescription };
  const handsOff = { by: "ops", why: "maintenance", since: new Date().toISOString() };
  await fixture.table.update(activationKey(name), { handsOff });
  expect(await fixture.send(retire([lookup]))).toMatchObject({
    status: "SUCCEEDED",
    resources: [{ result: "UPDATED", changes: ["retired", "left active: hands off, by ops: maintenance"] }],
  });
  expect(services()).toMatchObject([{ isEnabled: true }]);
});

describe("an auth config in the middle of a change of its credential", () => {
  const failure = { versionId: "v2", code: "RINGCX_UNAVAILABLE", attempts: 1, retryAt: 0 };
  const rotating = { status: "ROTATING", targetVersionId: "v2", step: "SETTING" };
  const applying = { status: "APPLYING", targetVersionId: "v2" };

  /** @returns what comes of retiring it in that state */
  async function changes(state: object) {
    await fixture.send(applyMessage([group, authConfig]));
    const id = fixture.simulator.state().authConfigs[0]?.authConfigId ?? "";
    await fixture.table.update(authConfigStateKey("123456", id), { ...state });
    const retired = await fixture.send(retire([crmAuth]));
    return { id, retired };
  }

  test.each([
    ["a rotation", rotating],
    ["a write", applying],
    ["a write of somebody who is at it", { ...applying, failure, lease: { holder: "x", until: Date.now() + 60_000 } }],
  ])("is not retired before %s has ended", async (_, state) => {
    const { id, retired } = await changes(state);
    expect(retired).toMatchObject({
      status: "REJECTED",
      resources: [{ result: "FAILED", problems: [{ message: expect.stringContaining("is being rotated") }] }],
    });
    expect(fixture.simulator.state().authConfigs).toHaveLength(1);
    expect(await fixture.table.query(secretPartition("arn:secret:crm/oauth"))).toHaveLength(1);
    await fixture.table.update(authConfigStateKey("123456", id), { ...state, status: "APPLIED", lease: undefined });
    expect(await fixture.send(retire([crmAuth]))).toMatchObject({ status: "SUCCEEDED" });
  });

  test("keeps the services that go with it, too: nothing of the message is done, and a dry run says so", async () => {
    await make();
    const id = fixture.simulator.state().authConfigs[0]?.authConfigId ?? "";
    await fixture.table.update(authConfigStateKey("123456", id), { ...rotating });
    const before = fixture.simulator.state();
    const both = [crmAuth, { ...lookup, delete: "service" }];
    const resources = [
      { result: "FAILED", problems: [{ path: "data.resources[1]", message: expect.stringMatching(/goes with it/) }] },
      { result: "FAILED", problems: [{ path: "data.resources[0]", message: expect.stringMatching(/being rotated/) }] },
    ];
    expect(await fixture.send(retire(both, { dryRun: true }))).toMatchObject({ status: "PLANNED", resources });
    expect(await fixture.send(retire(both))).toMatchObject({ status: "REJECTED", resources });
    expect(fixture.simulator.state()).toEqual(before);
    const change = [{ ...authConfig, description: "anew" }];
    expect(await fixture.send(applyMessage(change, { data: { dryRun: true } }))).toMatchObject({
      resources: [{ result: "FAILED", problems: [{ message: expect.stringMatching(/being rotated/) }] }],
    });
    await fixture.table.update(authConfigStateKey("123456", id), { status: "APPLIED" });
    expect(await fixture.send(retire(both))).toMatchObject({ status: "SUCCEEDED" });
  });

  test.each([
    ["changes", () => applyMessage([{ ...authConfig, description: "anew" }]), "update"],
    ["retires", () => retire([crmAuth]), "delete"],
  ] as const)("no run of rotation begins while a message %s it", async (_, message, call) => {
    await fixture.send(applyMessage([group, authConfig]));
    const id = fixture.simulator.state().authConfigs[0]?.authConfigId ?? "";
    const lease = { holder: "a run of rotation", until: Date.now() + 3_600_000 };
    const binding = { ...boundTo, authConfigId: id };
    const taken: unknown[] = [];
    const { table } = fixture;
    const act = table[call].bind(table) as (...args: unknown[]) => Promise<never>;
    // The binding is written and deleted after RingCX has done it, and before the message has ended.
    table[call] = async (key: Key, ...more: unknown[]) => {
      if (key.pk === secretPartition(boundTo.secretArn)) {
        taken.push(await acquireRecords(table, [binding], lease, fixture.now()));
      }
      return act(key, ...more);
    };
    expect(await fixture.send(message())).toMatchObject({ status: "SUCCEEDED" });
    expect(taken).toEqual([undefined]);
    expect(await acquireRecords(table, [binding], lease, fixture.now())).toHaveLength(1);
  });

  test("waits while a run of rotation is at it, and is retired then", async () => {
    await fixture.send(applyMessage([group, authConfig]));
    const id = fixture.simulator.state().authConfigs[0]?.authConfigId ?? "";
    const lease = { holder: "a run of rotation", until: fixture.now() + 15_000 };
    await fixture.table.update(authConfigStateKey("123456", id), { lease });
    expect(await fixture.deliver([retire([crmAuth])])).toHaveLength(1);
    expect(fixture.simulator.state().authConfigs).toHaveLength(1);
    fixture.skip(20_000);
    await fixture.work();
    expect(fixture.simulator.state().authConfigs).toEqual([]);
    expect(await fixture.open()).toEqual([]);
  });

  test("is retired where the change failed, and nobody is at it", async () => {
    expect((await changes({ ...applying, failure })).retired).toMatchObject({ status: "SUCCEEDED" });
  });

  test.each([
    ["deleted", { isDeleted: true }],
    ["untagged", { tags: {} }],
    ["gone", { describeFails: "ResourceNotFoundException" }],
  ])("is retired, or given another secret, where its own is %s: nobody ends the rotation", async (_, lost) => {
    await fixture.send(applyMessage([group, authConfig]));
    const id = fixture.simulator.state().authConfigs[0]?.authConfigId ?? "";
    const secret = fixture.secrets.get("crm/oauth");
    if (!secret) throw new Error("no secret");
    fixture.secrets.set("crm/next", { ...secret });
    await fixture.table.update(authConfigStateKey("123456", id), { ...rotating, secretArn: "arn:secret:crm/oauth" });
    const next = applyMessage([{ ...authConfig, secretId: "crm/next" }]);
    expect(await fixture.send(next)).toMatchObject({ status: "REJECTED" });
    fixture.skip(5 * 60_000);
    fixture.secrets.set("crm/oauth", { ...secret, ...lost });
    expect(await fixture.send(next)).toMatchObject({ status: "SUCCEEDED" });
    await fixture.table.update(authConfigStateKey("123456", id), { ...rotating, secretArn: "arn:secret:crm/oauth" });
    expect(await fixture.send(retire([crmAuth]))).toMatchObject({ status: "SUCCEEDED" });
  });
});
