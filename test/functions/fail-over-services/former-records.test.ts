import { afterEach, beforeEach, expect, test } from "vitest";
import { findService } from "../../../cli/read/find-service.ts";
import { readServices } from "../../../cli/read/services.ts";
import { renameServiceRecords } from "../../../functions/provision-services/write/service-record.ts";
import { nothing } from "../../../shared/contract/footprint.ts";
import type { ActivationChange } from "../../../shared/records/account/activation.ts";
import { openMessageItem, openMessageKey } from "../../../shared/records/account/open-message.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { accountId, arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const named = (serviceDescription: string) => ({ accountId, groupName: "CRM", serviceDescription });
const known = async () =>
  (await readServices(fixture.table, accountId)).services.map(({ name, record }) =>
    [displayName(name), ...record.reasons.map(({ kind }) => kind)].join(" "),
  );

/** The records are moved, and the tree still shows the name that the service had. */
async function moved() {
  const service = await fixture.service("a2");
  await service.setByHand(false);
  await fixture.dependencies.activation.change(service.name, { lastAppliedState: false, add: [] });
  const { table, clock } = fixture;
  return { service, move: () => renameServiceRecords({ table, clock }, service.name, named("A2")) };
}

test("a tag that an old tree leads to a name that the service had makes no record under it", async () => {
  const { service, move } = await moved();
  await move();
  fixture.tags.push({ alarmArn: arnOf("crm"), value: service.ids });
  await fixture.sweep();
  expect(await known()).toEqual(["CRM/A2"]);
  const { services } = await readServices(fixture.table, accountId);
  expect(services.map(({ alarms }) => alarms)).toEqual([[arnOf("crm")]]);
});

test("a tag that names a service in the middle of its change waits", async () => {
  const { service, move } = await moved();
  fixture.tags.push({ alarmArn: arnOf("crm"), value: service.ids });
  const { table } = fixture;
  const remove = table.delete;
  table.delete = async function (key, expected) {
    // Its record has ended, and its own item is still there under the former name.
    if (key.sk === serviceRecordKey(service.name).sk) await fixture.sweep();
    return remove.call(this, key, expected);
  };
  await move();
  table.delete = remove;
  expect(await known()).toEqual(["CRM/A2"]);
});

const left = {
  "with a reason": () => ({
    add: [{ kind: "MANUAL", since: new Date(fixture.clock.now()).toISOString() } as const],
    observed: false,
  }),
  "with a state, and nothing to end": () => ({ lastAppliedState: false }),
};

/** Records under names that a service had before. */
async function leave(change: ActivationChange, ...names: readonly string[]) {
  const { move } = await moved();
  await move();
  const phantoms = names.map(named);
  await fixture.table.update(serviceRecordKey(named("A2")), { formerNames: phantoms.map(displayName) });
  for (const phantom of phantoms) await fixture.dependencies.activation.change(phantom, change);
  expect(await known()).toHaveLength(1 + phantoms.length);
}

test.each(Object.entries(left))(
  "records that are left under names that a service had go with the next sweep, %s",
  async (_, change) => {
    await leave(change(), "a2-before", "a2-long-before");
    await fixture.minutes(6);
    expect(await known()).toEqual(["CRM/A2"]);
    const { services } = await readServices(fixture.table, accountId);
    expect(findService(services, `${accountId}/CRM/A2`).name).toEqual(named("A2"));
  },
);

test.each(Object.entries(left))(
  "a record under a name that a service had stays while a message makes another one of that name, %s",
  async (_, change) => {
    await leave(change(), "a2-before");
    const footprint = { ...nothing, changes: [JSON.stringify(["httpService", "crm", "a2-before"])] };
    const key = openMessageKey(accountId, "1");
    await fixture.table.put(
      openMessageItem(key, { messageId: "m", messageGroupId: accountId, footprint, takenInAt: 0 }),
    );
    await fixture.minutes(6);
    expect(await known()).toHaveLength(2);
    await fixture.table.delete(key);
    await fixture.minutes(6);
    expect(await known()).toEqual(["CRM/A2"]);
  },
);

test("the record of a service that has the name now is its own, whoever had that name before", async () => {
  const { move } = await moved();
  await move();
  const another = await fixture.service("a2-before");
  await another.setByHand(false);
  await fixture.minutes(6);
  await fixture.table.update(serviceRecordKey(named("A2")), { formerNames: [displayName(another.name)] });
  expect(await known()).toHaveLength(2);
  await fixture.minutes(6);
  expect(await known()).toHaveLength(2);
});

test("a record of a service that nothing shows, and that no other record knows, is no former one", async () => {
  await fixture.dependencies.activation.change(named("lonely"), { lastAppliedState: false });
  await fixture.minutes(6);
  expect(await known()).toEqual(["CRM/lonely"]);
});

test("a record that is left under a former name stays while the tree may be older than our own write", async () => {
  await leave({ lastAppliedState: false }, "a2-before");
  const { ringcxFor } = fixture.dependencies;
  const ringcx = ringcxFor(accountId);
  fixture.dependencies.ringcxFor = () => ({
    ...ringcx,
    account: (...args) => Object.assign(Object.create(ringcx.account(...args)), { unshownMs: async () => 1 }),
  });
  await fixture.minutes(6);
  expect(await known()).toHaveLength(2);
  fixture.dependencies.ringcxFor = ringcxFor;
  await fixture.minutes(6);
  expect(await known()).toEqual(["CRM/A2"]);
});

test("whether the tree may be old is asked once, however many records there are", async () => {
  await leave({ lastAppliedState: false }, "a2-before", "a2-long-before", "a2-first");
  await fixture.minutes(1);
  let asked = 0;
  const ringcx = fixture.dependencies.ringcxFor(accountId);
  fixture.dependencies.ringcxFor = () => ({
    ...ringcx,
    account: (...args) => {
      const account = ringcx.account(...args);
      const unshownMs = () => {
        asked += 1;
        return account.unshownMs();
      };
      return Object.assign(Object.create(account), { unshownMs });
    },
  });
  await fixture.minutes(6);
  expect(await known()).toEqual(["CRM/A2"]);
  expect(asked).toBeLessThan(9);
});

test("a service that is not written down yet takes its activation record along", async () => {
  const { table, clock, dependencies } = fixture;
  await dependencies.activation.change(named("new"), { lastAppliedState: false, isAnew: true });
  await renameServiceRecords({ table, clock }, named("new"), named("New"));
  expect(await known()).toEqual(["CRM/New"]);
});
