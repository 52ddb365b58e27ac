import { expect, test } from "vitest";
import { readServices } from "../../../cli/read/services.ts";
import { openMessagesOfAccount } from "../../../shared/records/account/open-message.ts";
import { creationIntentItem } from "../../../shared/records/account/resource-markers.ts";
import { accountPartition, displayName } from "../../../shared/records/service-name.ts";
import { applyMessage, group } from "./fixture.ts";
import { accountId, copy, groupName, madeBy, never, plain, start, startHalfMade } from "./half-made-world.ts";

type HalfMade = Awaited<ReturnType<typeof startHalfMade>>;

/** Gives a service another name in the admin page. @default the one that is half-made */
async function renameByHand({ fixture }: HalfMade, serviceDescription: string, ids = madeBy(fixture)) {
  const { groupId = 0, serviceId = 0 } = ids ?? {};
  const { permissions: _permissions, ...kept } = await fixture.account().services.get(groupId, serviceId);
  await fixture.account().services.update(groupId, serviceId, { ...kept, serviceDescription });
}

const renameGroup = ({ fixture }: HalfMade) =>
  fixture.send(applyMessage([{ ...group, groupName: "CRM", previousName: groupName }]));

/** How it gets another name, and what a command calls it then. */
const renames: Readonly<Record<string, (world: HalfMade) => Promise<{ groupName: string; name: string }>>> = {
  "by a person": async (world) => {
    await renameByHand(world, "Named by hand");
    return { groupName, name: "Named by hand" };
  },
  "with its group": async (world) => {
    await renameGroup(world);
    return { groupName: "CRM", name: "New" };
  },
  "by a person, then with its group": async (world) => {
    await renameByHand(world, "Named by hand");
    await renameGroup(world);
    return { groupName: "CRM", name: "Named by hand" };
  },
};

for (const lists of ["current", "stale"] as const) {
  test.each(Object.keys(renames))(
    `what is half-made and renamed %s is released: it stays out, lists ${lists}`,
    async (how) => {
      const world = await startHalfMade(
        lists === "stale" ? { "consistency.lists": "stale", "consistency.single": "stale" } : {},
      );
      await world.failover.minutes(1);
      const renamed = await renames[how]?.(world);
      if (!renamed) throw new Error(how);
      await world.failover.command("release", renamed.name, { groupName: renamed.groupName });
      await world.failover.minutes(3);
      await world.failover.command("release", renamed.name, { groupName: renamed.groupName });
      await world.failover.minutes(2);
      expect(world.isActive()).toBe(false);
      expect(await world.kinds()).toEqual(["NOT_VALIDATED"]);
    },
  );
}

test.each([
  ["as it was declared", {}],
  ["without isEnabled", { isEnabled: undefined }],
  ["without inputs", { httpServiceInputs: [] }],
  ["with a validation", { validation: never }],
])("a message renames what is half-made, %s", async (_, changes) => {
  const { fixture, failover, declared, isActive, kinds } = await startHalfMade();
  if ("validation" in changes) failover.probe.result = { passed: false, kind: "DIFFERENT", because: "it answered 200" };
  const resource = { ...declared, serviceDescription: "Newer", previousName: "New", ...changes };
  const outcome = await fixture.send(applyMessage([JSON.parse(JSON.stringify(resource))]));
  expect(JSON.stringify(outcome)).not.toMatch(/exists already/);
  await failover.minutes(2);
  expect(madeBy(fixture)?.serviceDescription).toBe("Newer");
  const isAsked = "isEnabled" in changes;
  expect([isActive(), await kinds()]).toEqual(
    isAsked ? [false, ["NOT_WANTED"]] : "validation" in changes ? [false, ["NOT_VALIDATED"]] : [true, []],
  );
  expect((await readServices(world(fixture), accountId)).services.map(({ name }) => name.serviceDescription)).toEqual([
    "Newer",
  ]);
});

const world = ({ table }: HalfMade["fixture"]) => table;

test("what is half-made swaps its name", async () => {
  const { fixture, declared, isActive } = await startHalfMade();
  await fixture.send(applyMessage([{ ...declared, serviceDescription: "Whole" }]));
  const before = Object.fromEntries(services(fixture).map((one) => [one.serviceDescription, one.serviceId]));
  const outcome = await fixture.send(
    applyMessage([
      { ...declared, serviceDescription: "Whole", previousName: "New" },
      { ...declared, serviceDescription: "New", previousName: "Whole" },
    ]),
  );
  expect(outcome).toMatchObject({ status: "SUCCEEDED" });
  const after = Object.fromEntries(services(fixture).map((one) => [one.serviceDescription, one.serviceId]));
  expect(after).toEqual({ New: before.Whole, Whole: before.New });
  expect(isActive()).toBe(true);
});

function services({ simulator }: HalfMade["fixture"]) {
  return simulator.state(accountId).groups.flatMap((one) => one.services);
}

test("a copy does not replace what another message has begun to make, nor copies it", async () => {
  const { fixture, declared } = await startHalfMade();
  await fixture.send(applyMessage([{ ...declared, serviceDescription: "Whole" }]));
  const overrides = { isEnabled: true };
  const send = (from: string, to: string, more: object = {}) =>
    fixture.send(
      copy({
        accountId,
        from: { groupName, serviceDescription: from },
        to: { serviceDescription: to },
        overrides,
        ...more,
      }),
    );
  expect(JSON.stringify(await send("Whole", "New"))).toMatch(/was made by the message/);
  expect(JSON.stringify(await send("New", "Copy"))).toMatch(/its making has not ended/);
  expect(
    services(fixture)
      .map((one) => one.serviceDescription)
      .sort(),
  ).toEqual(["New", "Whole"]);
  // Whoever says so takes it over.
  expect(await send("Whole", "New", { adopt: true })).toMatchObject({ status: "SUCCEEDED" });
});

test("names are not swapped with a service that there is not", async () => {
  const { fixture, declared } = await startHalfMade();
  const outcome = await fixture.send(
    applyMessage([
      { ...declared, serviceDescription: "New", previousName: "None" },
      { ...declared, serviceDescription: "None", previousName: "New" },
    ]),
  );
  expect(JSON.stringify(outcome)).toMatch(/there is no service \\+"None\\+" to swap names with/);
  expect(services(fixture).map((one) => one.serviceDescription)).toEqual(["New"]);
});

test("what nobody saw the end of cannot be renamed, and is told as begun; with its group it stays out", async () => {
  const world = await start({});
  const { fixture, failover, process, table } = world;
  const declared = { ...plain(fixture), serviceDescription: "New" };
  await fixture.send(applyMessage([group]));
  fixture.simulator.clearRequests();
  process.isDead = () => fixture.simulator.requests.some(({ operation }) => operation === "createHttpService");
  await expect(fixture.deliver([applyMessage([declared])])).rejects.toThrow("dead");
  process.isDead = () => false;
  await failover.minutes(2);
  // Its message has ended without having seen it.
  for (const item of await table.query(accountPartition(accountId), openMessagesOfAccount)) await table.delete(item);
  const renamed = { ...declared, serviceDescription: "Newer", previousName: "New" };
  const said = JSON.stringify(await fixture.send(applyMessage([renamed])));
  expect(said).toMatch(/CRM enrichment\/New\\+": its making has not ended/);
  await fixture.send(applyMessage([{ ...group, groupName: "CRM", previousName: groupName }]));
  await failover.command("release", "New", { groupName: "CRM" });
  await failover.minutes(2);
  expect(madeBy(fixture)?.isEnabled).toBe(false);
});

test("what RingCX does not show yet goes with its group", async () => {
  const { fixture, failover, table } = await start({});
  await fixture.send(applyMessage([group]));
  const name = { groupName, serviceDescription: "Unseen" };
  const generation = { source: "/test", id: "lost", time: new Date(fixture.now()).toISOString() };
  await table.put(creationIntentItem(accountId, { kind: "httpService", ...name }, { generation, expiresAt: 4e9 }));
  await failover.dependencies.activation.change(
    { accountId, ...name },
    { add: [{ kind: "NOT_VALIDATED", since: generation.time }] },
  );
  await fixture.send(applyMessage([{ ...group, groupName: "CRM", previousName: groupName }]));
  const { services } = await readServices(table, accountId);
  expect(services.map((one) => [displayName(one.name), one.record.reasons.length])).toEqual([["CRM/Unseen", 1]]);
});

test.each([
  ["a service that a message made", true],
  ["one of their own", false],
])("a person gives the name of what is half-made to %s: that stays active", async (_, isOfMessage) => {
  const world = await startHalfMade();
  const { fixture, failover } = world;
  const half = madeBy(fixture);
  if (!half) throw new Error("nothing was made");
  const { groupId, serviceId } = half;
  const admin = fixture.account().services;
  const { httpServiceInputs: _inputs, ...live } = { ...world.declared, serviceDescription: "Live" };
  await fixture.send(applyMessage([live]));
  const made = services(fixture).find(({ serviceDescription }) => serviceDescription === "Live");
  if (!made) throw new Error("nothing live was made");
  await renameByHand(world, "Spare");
  let ownId = made.serviceId;
  if (isOfMessage) await renameByHand(world, "New", { ...half, serviceId: ownId });
  else {
    const { permissions: _p, serviceId: _id, ...body } = await admin.get(groupId, ownId);
    ({ serviceId: ownId } = await admin.create(groupId, { ...body, serviceDescription: "New" }));
    await admin.setActive(groupId, ownId, true);
  }
  for (let minute = 0; minute < 3; minute += 1) {
    await fixture.send(applyMessage([{ ...group, isDefault: minute % 2 === 0 }]));
    await failover.minutes(1);
  }
  const now = (id: number) => services(fixture).find((one) => one.serviceId === id)?.isEnabled;
  expect([now(ownId), now(serviceId)]).toEqual([true, false]);
});
