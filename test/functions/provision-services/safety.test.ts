import { afterEach, beforeEach, expect, test } from "vitest";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import { systemClock } from "../../../shared/primitives/clock.ts";
import { accountLeaseKey } from "../../../shared/records/account/account-lease.ts";
import { isEnded } from "../../../shared/records/account/moving-activation.ts";
import { alarmPartition } from "../../../shared/records/alarm-links.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { secretPartition } from "../../../shared/records/credential/secret-binding.ts";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const whole = () => applyMessage([group, authConfig, service(fixture.crm)]);
const first = () => fixture.simulator.state().groups[0]?.services[0];

/** The account as a person would compare it: without ids. */
function shape() {
  const { groups, authConfigs } = fixture.simulator.state();
  return {
    groups: groups.map(({ groupName, services }) => ({
      groupName,
      services: services.map(({ serviceDescription, isEnabled, inputs, authConfigId }) => ({
        serviceDescription,
        isEnabled,
        isLinked: authConfigId === authConfigs[0]?.authConfigId,
        inputs: inputs.map(({ name }) => name),
      })),
    })),
    authConfigs: authConfigs.map(({ providerName }) => providerName),
  };
}

const complete = {
  groups: [
    {
      groupName: "CRM enrichment",
      services: [
        {
          serviceDescription: "Lookup customer by ANI",
          isEnabled: true,
          isLinked: true,
          inputs: ["ani", "queue", "agent"],
        },
      ],
    },
  ],
  authConfigs: ["CRM OAuth"],
};

const writes = [
  "createHttpServiceGroup",
  "createExternalAccountAuthConfigOAuth",
  "createHttpService",
  "createHttpServiceInput",
  "setHttpServiceIsActive",
];

test.each(writes)("a lost answer to %s makes nothing twice", async (operation) => {
  fixture.simulator.faults.add({ kind: "lost-answer", match: { operation } });
  expect(await fixture.send(whole())).toMatchObject({ status: "SUCCEEDED" });
  expect(shape()).toEqual(complete);
});

test.each(writes)("an error before %s happened is made good", async (operation) => {
  fixture.simulator.faults.add({ kind: "status", status: 503, match: { operation }, times: 2 });
  expect(await fixture.send(whole())).toMatchObject({ status: "SUCCEEDED" });
  expect(shape()).toEqual(complete);
});

test("an outcome reports all that its message did, over several deliveries", async () => {
  fixture.simulator.faults.add({ kind: "status", status: 503, match: { operation: "createHttpService" }, times: 2 });
  const outcome = await fixture.send(whole());
  // Besides the failures it waits until it is sure that what was not answered is not there.
  expect(fixture.deferred.length).toBeGreaterThanOrEqual(2);
  expect(outcome.resources?.map(({ result }) => result)).toEqual(["CREATED", "CREATED", "CREATED"]);
});

test("what fails five times is rejected, with what was done so far, and the next message goes on", async () => {
  fixture.simulator.faults.add({
    kind: "status",
    status: 503,
    match: { operation: "createHttpService" },
    times: "always",
  });
  const outcome = await fixture.send(whole());
  expect(outcome).toMatchObject({
    status: "REJECTED",
    resources: [{ result: "CREATED" }, { result: "CREATED" }, { result: "FAILED" }],
  });
  expect(fixture.deferred.length).toBeGreaterThanOrEqual(4);
  expect(fixture.deadLetters).toHaveLength(1);
  fixture.simulator.faults.clear();
  expect(await fixture.send(whole())).toMatchObject({ status: "SUCCEEDED" });
  expect(shape()).toEqual(complete);
});

test("while RingCX does not answer at all, a message waits and is not counted against", async () => {
  fixture.simulator.faults.add({
    kind: "status",
    status: 503,
    match: { operation: "getHttpServiceGroupListWithChildren" },
    times: 4,
  });
  expect(await fixture.deliver([whole(), whole()])).toHaveLength(2);
  expect(fixture.deferred).toEqual([{ count: 2, waitMs: 30_000 }]);
  expect(fixture.outcomes).toEqual([]);
});

test("a message that the quota has no place for waits before anything is spent, and so do those that come after it", async () => {
  await fixture.stop();
  fixture = await startFixture({ quota: { limit: 12, windowMs: 60_000, guardMs: 0 } });
  await fixture.deliver([whole()]);
  expect(fixture.operations()).toHaveLength(7);
  const another = () => applyMessage([service(fixture.crm, { serviceDescription: "another" })]);
  const after = applyMessage([service(fixture.crm, { serviceDescription: "another", isDebug: true })]);
  expect(await fixture.deliver([another(), after])).toHaveLength(2);
  expect(fixture.operations()).toEqual([]);
  expect(fixture.deferred).toMatchObject([{ count: 2 }]);
});

test("an older message of the same sender does not undo a newer one", async () => {
  const older = applyMessage([service(fixture.crm, { isEnabled: false })]);
  await fixture.send(whole());
  fixture.operations();
  expect(await fixture.send(older)).toMatchObject({ status: "SUPERSEDED", resources: [{ result: "SKIPPED" }] });
  expect(fixture.operations()).toEqual(["getHttpServiceGroupListWithChildren"]);
  expect(first()?.isEnabled).toBe(true);
  // A dry run says why, as the message itself would.
  const changes = ["superseded: a later message of the same sender shaped it"];
  const dryRun = { ...older, id: "dry", data: { ...older.data, dryRun: true } };
  expect(await fixture.send(dryRun)).toMatchObject({
    status: "PLANNED",
    resources: [{ result: "SKIPPED", changes }],
  });
  const other = { ...older, id: "other", source: "/another" };
  expect(await fixture.send(other)).toMatchObject({ status: "SUCCEEDED" });
  expect(first()?.isEnabled).toBe(false);
});

test("an outcome that was not published is published again as it was, whatever was done meanwhile", async () => {
  const body = JSON.stringify(whole());
  const { publish } = fixture.outcomeTopic;
  const times: (string | undefined)[] = [];
  fixture.outcomeTopic.publish = (data, time) => {
    times.push(time);
    return publish(data, time);
  };
  await fixture.deliver([body]);
  fixture.skip(60_000);
  expect(await fixture.redeliver("m-1", body)).toEqual([]);
  expect(fixture.outcomes).toHaveLength(2);
  expect(fixture.outcomes[1]).toEqual(fixture.outcomes[0]);
  // Another time would be another entry among the outcomes of the day.
  expect(times).toEqual([times[0], times[0]]);
  expect(times[0]).toMatch(/^20\d\d-/);
});

test("where v1 does not keep the link, v2 sets it, and nothing is active before that is seen", async () => {
  await fixture.stop();
  fixture = await startFixture({ simulator: { v1AuthLink: false } });
  expect(await fixture.send(whole())).toMatchObject({ status: "SUCCEEDED" });
  expect(fixture.operations().slice(5)).toEqual([
    "getRemoteHttpServiceUsingGET",
    "updateRemoteHttpServiceUsingPUT",
    "getRemoteHttpServiceUsingGET",
    "createHttpServiceInput",
    "setHttpServiceIsActive",
  ]);
  expect(shape()).toEqual(complete);
  expect(await fixture.send(whole())).toMatchObject({ status: "NO_CHANGE" });
});

test("what exists already is taken over only when the message says so", async () => {
  await fixture.send(applyMessage([group, authConfig, service(fixture.crm)]));
  // Another environment's table, or one that was lost: the id of the auth config is the one that it would choose, too.
  for (const { pk, sk } of await fixture.table.query("ACCOUNT#123456")) await fixture.table.delete({ pk, sk });
  fixture.operations();
  const refused = await fixture.send(whole());
  expect(refused).toMatchObject({
    status: "REJECTED",
    resources: [{ result: "FAILED" }, { kind: "authConfig", result: "FAILED" }, {}],
  });
  for (const at of [0, 1]) {
    expect(refused.resources?.[at]?.problems).toMatchObject([
      {
        path: `data.resources[${at}]`,
        message: expect.stringContaining("exists already"),
        hint: expect.stringContaining('say "adopt": true to take it over'),
      },
    ]);
  }
  expect(fixture.operations().filter((operation) => !/^(get|list)/i.test(operation))).toEqual([]);
  const adopt = true;
  const adopted = await fixture.send(
    applyMessage([{ ...group, adopt }, { ...authConfig, adopt }, service(fixture.crm, { adopt })]),
  );
  expect(adopted).toMatchObject({ status: "SUCCEEDED", resources: [{}, { result: "UPDATED" }, {}] });
  expect(shape()).toEqual(complete);
});

test("a rename keeps what is known: ids, alarms, reasons", async () => {
  const alarm = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:crm";
  await fixture.send(applyMessage([group, authConfig, service(fixture.crm, { health: { alarms: [alarm] } })]));
  const before = first();
  const renamed = service(fixture.crm, {
    serviceDescription: "Lookup",
    groupName: "CRM",
    previousName: "Lookup customer by ANI",
  });
  const message = applyMessage([{ ...group, groupName: "CRM", previousName: "CRM enrichment" }, renamed]);
  expect(await fixture.send(message)).toMatchObject({ status: "SUCCEEDED" });
  expect(first()).toMatchObject({ serviceId: before?.serviceId, serviceDescription: "Lookup", isEnabled: true });
  expect(await fixture.table.query(alarmPartition(alarm))).toMatchObject([
    { groupName: "CRM", serviceDescription: "Lookup" },
  ]);
  expect(await fixture.table.query("ACCOUNT#123456", "SERVICE#")).toHaveLength(1);
  const kept = (await fixture.table.query("ACCOUNT#123456", "ACTIVATION#")).filter((item) => !isEnded(item));
  expect(kept).toMatchObject([{ sk: "ACTIVATION#CRM/Lookup" }]);
  expect(await fixture.send(message)).toMatchObject({ status: "NO_CHANGE" });
});

test("credentials in a record are not written back by a change of something else", async () => {
  await fixture.send(
    applyMessage([group, service(fixture.crm, { authConfig: undefined, validation: undefined, isEnabled: false })]),
  );
  const made = fixture.simulator.state().groups[0];
  const address = {
    accountId: "123456",
    serviceGroupId: made?.serviceGroupId ?? 0,
    serviceId: first()?.serviceId ?? 0,
  };
  fixture.simulator.editService(address, { httpUsername: "u", httpPassword: "hush-hush" });
  const { httpServiceInputs: _inputs, ...change } = service(fixture.crm, {
    authConfig: undefined,
    validation: undefined,
    isDebug: true,
  });
  const outcome = await fixture.send(applyMessage([change]));
  expect(outcome).toMatchObject({
    status: "REJECTED",
    resources: [{ problems: [{ path: "data.resources[0].httpPassword" }] }],
  });
  expect(JSON.stringify(outcome)).not.toContain("hush-hush");
  expect(first()).toMatchObject({ httpPassword: "hush-hush", isDebug: false });
  const linked = await fixture.send(applyMessage([authConfig, service(fixture.crm, { isDebug: true })]));
  expect(linked.status).toBe("SUCCEEDED");
  expect(first()).not.toHaveProperty("httpPassword");
});

test("an outage that comes in while a live service is changed wins", async () => {
  await fixture.send(whole());
  const name = { accountId: "123456", groupName: "CRM enrichment", serviceDescription: "Lookup customer by ANI" };
  const outage = { kind: "OUTAGE" as const, since: new Date().toISOString(), alarms: [], confirmedByProbe: true };
  fixture.simulator.faults.add({ kind: "slow", ms: 500, match: { operation: "updateHttpService" } });
  const sending = fixture.send(applyMessage([service(fixture.crm, { isDebug: true })]));
  await expect.poll(() => fixture.simulator.requests.map(({ operation }) => operation)).toContain("getHttpService");
  // Failover takes it out behind our read: our write of the whole record brings it back.
  const activation = createActivationStore({ table: fixture.table, clock: { ...systemClock, now: fixture.now } });
  await activation.change(name, { add: [outage], lastAppliedState: false });
  expect((await sending).resources?.[0]?.changes).toEqual(["isDebug", "deactivated"]);
  expect(first()?.isEnabled).toBe(false);
  expect((await fixture.send(whole())).resources?.[2]?.changes).toContainEqual(
    expect.stringMatching(/^left inactive: outage/),
  );
  expect(first()?.isEnabled).toBe(false);
});

test("what a person deactivated in the admin page stays inactive", async () => {
  await fixture.send(whole());
  const made = fixture.simulator.state().groups[0];
  const address = {
    accountId: "123456",
    serviceGroupId: made?.serviceGroupId ?? 0,
    serviceId: first()?.serviceId ?? 0,
  };
  fixture.simulator.editService(address, { isEnabled: false });
  const outcome = await fixture.send(whole());
  expect(outcome.resources?.[2]?.changes?.[0]).toMatch(/^left inactive: somebody deactivated it/);
  expect(first()?.isEnabled).toBe(false);
});

test("another writer of the account is waited for, and asked for every two seconds", async () => {
  await fixture.table.put({ ...accountLeaseKey("123456"), holder: "another", until: Date.now() + 20_000 });
  expect(await fixture.deliver([whole()])).toHaveLength(1);
  expect(fixture.operations()).toEqual([]);
  expect(fixture.wakes()).toMatchObject([{ inMs: 0 }, { inMs: 2_000 }]);
});

test("the table of common errors becomes outcomes that say what to do", async () => {
  const told: Record<number, OutcomeData> = {};
  for (const status of [400, 403, 409]) {
    const match = { operation: "createHttpService" };
    fixture.simulator.faults.add({ kind: "status", status, match, times: "always" });
    told[status] = await fixture.send(whole());
    fixture.simulator.faults.clear();
  }
  const hint = (status: number) => told[status]?.resources?.[2]?.problems?.[0]?.hint;
  expect(hint(400)).toContain("Validate service definitions before activating them");
  expect(hint(403)).toContain("CREATE on Remote HTTP Service Group");
  expect(hint(409)).toContain("activate only after validation");
  expect(Object.values(told).map(({ status }) => status)).toEqual(["PARTIAL", "PARTIAL", "REJECTED"]);
});

test("a name that is taken and was not listed is looked for again: the list may have been old", async () => {
  fixture.simulator.faults.add({ kind: "status", status: 409, match: { operation: "createHttpService" } });
  expect(await fixture.send(whole())).toMatchObject({ status: "SUCCEEDED" });
  expect(fixture.simulator.state().groups[0]?.services).toHaveLength(1);
});

test("a service that we know is not made a second time because a list does not show it", async () => {
  await fixture.stop();
  fixture = await startFixture({
    simulator: { profile: { "consistency.lists": "stale", "names.duplicates": "allowed" } },
  });
  await fixture.send(whole());
  await fixture.send(whole());
  const { groups, authConfigs } = fixture.simulator.state();
  expect(groups).toMatchObject([{ services: [{ isEnabled: true }] }]);
  expect(authConfigs).toHaveLength(1);
});

test("a stale tree is read again once", async () => {
  await fixture.send(whole());
  fixture.simulator.faults.add({ kind: "status", status: 404, match: { operation: "getHttpServiceInputList" } });
  expect(await fixture.send(whole())).toMatchObject({ status: "NO_CHANGE" });
});

test("another secret reaches an auth config in use only when the live service's endpoint accepts it", async () => {
  await fixture.send(whole());
  const secret = fixture.secrets.get("crm/oauth");
  if (!secret) throw new Error("no secret");
  const wrong = secret.value.replace(/"secret":"[^"]*"/, '"secret":"wrong"');
  fixture.secrets.set("crm/next", { ...secret, value: wrong, versionId: "next-v1" });
  const change = () => applyMessage([{ ...authConfig, secretId: "crm/next" }]);
  const before = fixture.simulator.state();
  expect(await fixture.send(change())).toMatchObject({
    status: "PARTIAL",
    resources: [{ result: "FAILED", problems: [{ message: expect.stringContaining("would fail with it") }] }],
  });
  expect(fixture.simulator.state()).toEqual(before);
  fixture.secrets.set("crm/next", { ...secret, versionId: "next-v2" });
  expect(await fixture.send(change())).toMatchObject({ status: "SUCCEEDED" });
  const id = before.authConfigs[0]?.authConfigId ?? "";
  expect(await fixture.table.get(authConfigStateKey("123456", id))).toMatchObject({ appliedVersionId: "next-v2" });
  expect(await fixture.table.query(secretPartition("arn:secret:crm/oauth"))).toEqual([]);
  const { value } = secret;
  const unprovable = value.replace(/"grantType":"[^"]*"/, '"grantType":"REFRESH_TOKEN"');
  fixture.secrets.set("crm/next", { ...secret, value: unprovable, versionId: "next-v3" });
  expect(
    await fixture.send(applyMessage([{ ...authConfig, secretId: "crm/next", description: "anew" }])),
  ).toMatchObject({
    status: "SUCCEEDED",
  });
  expect(await fixture.table.get(authConfigStateKey("123456", id))).toMatchObject({ appliedVersionId: "next-v3" });
  await fixture.table.update(authConfigStateKey("123456", id), { status: "ROTATING" });
  expect(await fixture.send(applyMessage([authConfig]))).toMatchObject({
    resources: [{ problems: [{ message: expect.stringContaining("is being rotated") }] }],
  });
});

test("a credential that comes into the record just before it is written back is seen in time", async () => {
  const plain = { authConfig: undefined, validation: undefined, httpServiceInputs: undefined };
  await fixture.send(applyMessage([group, service(fixture.crm, { ...plain, isEnabled: false })]));
  const serviceGroupId = fixture.simulator.state().groups[0]?.serviceGroupId ?? 0;
  const address = { accountId: "123456", serviceGroupId, serviceId: first()?.serviceId ?? 0 };
  fixture.simulator.faults.add({ kind: "slow", ms: 400, match: { operation: "getHttpService" } });
  const sending = fixture.send(applyMessage([service(fixture.crm, { ...plain, isDebug: true, isEnabled: false })]));
  await expect
    .poll(() => fixture.simulator.requests.filter(({ operation }) => operation?.endsWith("WithChildren")).length)
    .toBe(2);
  fixture.simulator.editService(address, { httpPassword: "hush-hush" });
  expect((await sending).resources?.[0]?.problems).toMatchObject([{ path: "data.resources[0].httpPassword" }]);
  expect(first()).toMatchObject({ httpPassword: "hush-hush", isDebug: false });
});

test("when nothing can be written down, the messages wait, and nothing is published", async () => {
  const put = fixture.table.put.bind(fixture.table);
  fixture.table.put = async (item, expected) => {
    if (item.sk === "LEASE") throw new Error("out of reach");
    return put(item, expected);
  };
  expect(await fixture.deliver([whole(), whole()])).toHaveLength(2);
  expect(fixture.outcomes).toEqual([]);
  fixture.table.put = put;
  expect(await fixture.send(whole())).toMatchObject({ status: "SUCCEEDED" });
});
