import { expect, test } from "vitest";
import { readServices } from "../../../cli/read/services.ts";
import { serviceState } from "../../../cli/view/service-state.ts";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import type { Fault } from "../../../infra/local/ringcx-simulator/control/faults.ts";
import { isChosen } from "../../support/runs.ts";
import { arnOf } from "../fail-over-services/fixture.ts";
import { applyMessage, crmSecret, group, retireMessage } from "./fixture.ts";
import {
  accountId,
  copy,
  groupName,
  madeBy,
  never,
  plain,
  refuse,
  sourceAccount,
  start,
  startHalfMade,
  type World,
} from "./half-made-world.ts";

/** How a service comes about: its message, whatever it is called. */
const makings: Readonly<
  Record<string, { operation: string; inputs: string; message: (world: World, name: string) => Promise<object> }>
> = {
  "a POST": {
    operation: "createHttpService",
    inputs: "createHttpServiceInput",
    async message({ fixture }, serviceDescription) {
      return applyMessage([group, { ...plain(fixture), serviceDescription, validation: never }]);
    },
  },
  "a clone": {
    operation: "cloneHttpService",
    inputs: "updateHttpService",
    async message({ fixture }, serviceDescription) {
      await fixture.send(applyMessage([group, plain(fixture)]));
      const from = { groupName, serviceDescription: "Lookup customer by ANI" };
      const overrides = { isEnabled: true, isDebug: true, validation: never };
      return copy({ accountId, from, to: { serviceDescription }, overrides });
    },
  },
  "a promotion": {
    operation: "createHttpService",
    inputs: "createHttpServiceInput",
    async message({ fixture }, serviceDescription) {
      fixture.secrets.set("crm/oauth", crmSecret(fixture.crm, [accountId, sourceAccount]));
      const source = plain(fixture);
      await fixture.deliver([applyMessage([group, source], { data: { accountId: sourceAccount } })], {
        messageGroupId: sourceAccount,
      });
      const from = { accountId: sourceAccount, groupName, serviceDescription: source.serviceDescription };
      return copy({ accountId, from, to: { serviceDescription }, overrides: { isEnabled: true, validation: never } });
    },
  },
};

interface Failure {
  profile?: Partial<Profile>;
  name?: string;
  faults?: (making: (typeof makings)[string]) => Fault[];
  isCrash?: true;
  /** RingCX calls it until a sweep has taken it out, and its outcome says so. */
  isCalled?: true;
}

/** What goes wrong after it was made. */
const failures: Readonly<Record<string, Failure>> = {
  "what comes next is refused": { faults: ({ inputs }) => [refuse(inputs, 400)] },
  "what comes next is refused, and it was born active": {
    profile: { "services.born": "active" },
    faults: ({ inputs }) => [refuse(inputs, 403)],
  },
  "its deactivation is refused": {
    profile: { "services.born": "active" },
    faults: () => [refuse("setHttpServiceIsActive", 400)],
    isCalled: true,
  },
  "its deactivation is not permitted for minutes": {
    profile: { "services.born": "active" },
    faults: () => [refuse("setHttpServiceIsActive", 403, 3)],
    isCalled: true,
  },
  "its name is cut": { profile: { "names.length": "cut" }, name: "x".repeat(70) },
  "its name is cut, and its deactivation is refused": {
    profile: { "names.length": "cut", "services.born": "active" },
    name: "x".repeat(70),
    faults: () => [refuse("setHttpServiceIsActive", 400, 2)],
    isCalled: true,
  },
  "the process dies for good": { isCrash: true },
  "the process dies for good, and it was born active": { profile: { "services.born": "active" }, isCrash: true },
};

/** What comes then. It must not bring it about that RingCX calls the service. */
const after: Readonly<Record<string, (world: World, name: string) => Promise<void>>> = {
  "it is swept": async ({ failover }) => failover.minutes(3),
  "it is deactivated and released": async ({ failover }, name) => {
    await failover.command("deactivate", name, { groupName });
    await failover.minutes(1);
    await failover.command("release", name, { groupName });
    await failover.minutes(2);
  },
  "it is kept inactive for a minute": async ({ failover }, name) => {
    const until = new Date(failover.clock.now() + 60_000).toISOString();
    await failover.command("keep-inactive", name, { groupName, until });
    await failover.minutes(4);
  },
  "an override of it is released": async ({ failover }, name) => {
    await failover.command("override", name, { groupName });
    await failover.minutes(1);
    await failover.command("release", name, { groupName });
  },
  "an alarm fires and is quiet again": async ({ failover, fixture }) => {
    const one = madeBy(fixture);
    failover.tags.push({ alarmArn: arnOf("crm"), value: `${accountId}/${one?.groupId}/${one?.serviceId}` });
    failover.setAlarm("crm", "OK");
    await failover.minutes(2);
    failover.setAlarm("crm", "ALARM");
    await failover.events("crm");
    await failover.minutes(2);
    failover.setAlarm("crm", "OK");
    await failover.minutes(8);
  },
};

const cases = Object.keys(makings).flatMap((making) =>
  Object.keys(failures).flatMap((failure) => Object.keys(after).map((then) => [making, failure, then] as const)),
);

test.each(cases.filter((_, index) => isChosen(index, 11)))(
  "what %s has made, %s, and %s: RingCX does not call it",
  async (making, failure, then) => {
    const how = makings[making];
    const { profile = {}, name = "New", faults, isCrash, isCalled } = failures[failure] ?? {};
    if (!how) throw new Error(making);
    const world = await start({ "clones.state": "active", ...profile });
    const { fixture, table } = world;
    const message = await how.message(world, name);
    for (const fault of faults?.(how) ?? []) fixture.simulator.faults.add(fault);
    fixture.simulator.clearRequests();
    const isMade = () => fixture.simulator.requests.some(({ operation }) => operation === how.operation);
    if (isCrash) world.process.isDead = isMade;
    const before = fixture.outcomes.length;
    await (isCrash ? expect(fixture.deliver([message])).rejects.toThrow("dead") : fixture.send(message));
    world.process.isDead = () => false;
    expect(madeBy(fixture)).toBeDefined();
    const state = async () => {
      const { services } = await readServices(table, accountId);
      const known = services.find((one) => one.name.serviceDescription === name);
      if (!known) throw new Error("nobody knows it");
      return serviceState(known, world.failover.clock.now());
    };
    const said = JSON.stringify(fixture.outcomes.slice(before));
    expect(said.includes("it is ACTIVE and takes calls")).toBe(isCalled === true);
    if (isCalled)
      expect(await state()).toMatchObject({
        state: "active",
        needsPerson: [/ACTIVE/, /making/].map((one) => expect.stringMatching(one)),
      });
    await after[then]?.(world, name);
    await world.failover.minutes(4);
    expect(madeBy(fixture)?.isEnabled).toBe(false);
    const { state: known, needsPerson, reasons } = await state();
    expect(known).toBe("inactive");
    expect(JSON.stringify(reasons)).toContain("its making has not ended");
    expect(JSON.stringify(needsPerson)).not.toMatch(/should not be|ACTIVE/);
    // Nor is it switched again and again.
    fixture.simulator.clearRequests();
    await world.failover.minutes(2);
    expect(fixture.simulator.requests.filter(({ operation }) => operation === "setHttpServiceIsActive")).toEqual([]);
  },
);

test("what is made to its end while a person keeps it inactive is validated all the same", async () => {
  const { fixture, failover, declared, kinds, isActive, order } = await startHalfMade();
  await order("deactivate");
  failover.probe.result = { passed: false, kind: "DIFFERENT", because: "it answered 200, not 418" };
  const outcome = await fixture.send(applyMessage([{ ...declared, validation: never }]));
  expect(JSON.stringify(outcome)).toMatch(/418/);
  await order("release");
  await failover.minutes(2);
  expect([isActive(), await kinds()]).toEqual([false, ["NOT_VALIDATED"]]);
  await order("deactivate");
  failover.probe.result = { passed: true, ms: 1 };
  await fixture.send(applyMessage([{ ...declared, validation: never }]));
  await order("release");
  await failover.minutes(2);
  expect([isActive(), await kinds()]).toEqual([true, []]);
});

test("a person may activate what is half-made, as it is", async () => {
  const { failover, kinds, isActive, order } = await startHalfMade();
  await order("activate");
  await failover.minutes(2);
  expect([isActive(), await kinds()]).toEqual([true, []]);
});

test("what is half-made and is to be inactive, or is retired, is half-made no more", async () => {
  const { fixture, declared, kinds, isActive } = await startHalfMade();
  await fixture.send(applyMessage([{ ...declared, isEnabled: false }]));
  expect([isActive(), await kinds()]).toEqual([false, ["NOT_WANTED"]]);
  const other = await startHalfMade();
  await other.fixture.send(retireMessage({ kind: "httpService", groupName, serviceDescription: "New" }));
  expect([other.isActive(), await other.kinds()]).toEqual([false, ["RETIRED"]]);
});

test("what RingCX has refused to make leaves no reason behind", async () => {
  const { fixture, table, failover } = await start({});
  fixture.simulator.faults.add(refuse("createHttpService", 400));
  await fixture.send(applyMessage([group, { ...plain(fixture), serviceDescription: "New" }]));
  const { services } = await readServices(table, accountId);
  expect(services.flatMap(({ record }) => record.reasons)).toEqual([]);
  expect(services.flatMap((one) => serviceState(one, failover.clock.now()).needsPerson)).toEqual([]);
});

test("what is half-made and is deleted in the admin page is forgotten", async () => {
  const { fixture, failover, table } = await startHalfMade();
  await failover.minutes(1);
  const { groupId = 0, serviceId = 0 } = madeBy(fixture) ?? {};
  await fixture.account().services.delete(groupId, serviceId);
  await failover.minutes(3);
  expect((await readServices(table, accountId)).services).toEqual([]);
});
