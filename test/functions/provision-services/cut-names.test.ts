import { afterEach, expect, test } from "vitest";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

const profiles: Readonly<Record<string, Partial<Profile>>> = {
  "names are cut": { "names.length": "cut" },
  "and answered with nothing, and may be twice": {
    "names.length": "cut",
    "names.duplicates": "allowed",
    "services.createAnswer": "nothing",
  },
  "and shown late, and born active": {
    "names.length": "cut",
    "names.duplicates": "allowed",
    "services.createAnswer": "nothing",
    "services.born": "active",
    "consistency.lists": "stale",
    "consistency.single": "stale",
  },
};
const long = "Lookup of customers by the number that they call from, version ".padEnd(67, "x");
const words = /ASSUMPTION_BROKEN: names\.length is .*cut.*choose a name of at most 64/;

async function start(profile: string) {
  const started = await startFixture({ simulator: { profile: profiles[profile] ?? {} } });
  fixture = started;
  const { validation: _, authConfig: _none, ...plain } = service(started.crm);
  const services = () => started.simulator.state().groups.flatMap((one) => one.services);
  /** How often a broken assumption was counted since the last call of this. */
  const counted = () => started.counted.splice(0).filter((metric) => metric === "AssumptionBroken").length;
  return { started, plain: { ...plain, isEnabled: true }, services, counted };
}

const retireAll = (...resources: object[]) => {
  const { data: _data, ...event } = applyMessage([]);
  return { ...event, type: "ringcx.retire.v1", data: { accountId: "123456", resources } };
};
const retire = (groupName: string, serviceDescription: string) =>
  retireAll({ kind: "httpService", groupName, serviceDescription, delete: "service" });

test.each(Object.keys(profiles))(
  "%s: a service of a longer name is made once, refused each time, and retired",
  async (profile) => {
    const { started, plain, services, counted } = await start(profile);
    const message = () => applyMessage([group, { ...plain, serviceDescription: long }]);
    for (let time = 0; time < 2; time += 1) {
      const outcome = await started.send(message());
      expect(outcome.status).toMatch(/FAILED|REJECTED|PARTIAL/);
      expect(JSON.stringify(outcome)).toMatch(words);
      expect(counted()).toBe(1);
      expect(services()).toMatchObject([{ isEnabled: false }]);
      started.skip(60_000);
    }
    expect(await started.send(retire(group.groupName, long))).toMatchObject({ status: "SUCCEEDED" });
    expect(services()).toEqual([]);
  },
);

test.each(Object.keys(profiles))(
  "%s: two services that would get one name are refused, and none is made twice",
  async (profile) => {
    const { started, plain, services } = await start(profile);
    const named = (end: string) => ({ ...plain, serviceDescription: `${long}${end}` });
    const outcome = await started.send(applyMessage([group, named("1"), named("2")]));
    expect(outcome.status).toMatch(/FAILED|REJECTED|PARTIAL/);
    expect(services().length).toBeLessThanOrEqual(1);
    expect(services().some(({ isEnabled }) => isEnabled)).toBe(false);
  },
);

test.each(Object.keys(profiles))(
  "%s: a group of a longer name is made once, and its message says what to do",
  async (profile) => {
    const { started, plain, counted } = await start(profile);
    const groupName = long.padEnd(70, "y");
    for (let time = 0; time < 2; time += 1) {
      const outcome = await started.send(
        applyMessage([
          { ...group, groupName },
          { ...plain, groupName },
        ]),
      );
      expect(outcome.status).toMatch(/FAILED|REJECTED|PARTIAL/);
      expect(JSON.stringify(outcome)).toMatch(words);
      expect(counted()).toBe(1);
      expect(started.simulator.state().groups).toHaveLength(1);
      started.skip(60_000);
    }
  },
);

test.each(Object.keys(profiles))(
  "%s: a service that is renamed to a longer name is told so, and still known",
  async (profile) => {
    const { started, plain, services, counted } = await start(profile);
    await started.send(applyMessage([group, plain]));
    started.skip(60_000);
    const renamed = { ...plain, serviceDescription: long, previousName: plain.serviceDescription };
    for (let time = 0; time < 2; time += 1) {
      expect(JSON.stringify(await started.send(applyMessage([renamed])))).toMatch(words);
      expect(counted()).toBe(1);
      started.skip(60_000);
    }
    expect(await started.send(retire(group.groupName, long))).toMatchObject({ status: "SUCCEEDED" });
    expect(services()).toEqual([]);
  },
);

test.each(Object.keys(profiles))(
  "%s: an auth config of a longer name is made once, told each time, and retired",
  async (profile) => {
    const { started, counted } = await start(profile);
    const named = (end: string) => ({ ...authConfig, providerName: `${long}${end}` });
    for (let time = 0; time < 2; time += 1) {
      const outcome = await started.send(applyMessage([named("")]));
      expect(JSON.stringify(outcome)).toMatch(words);
      expect(counted()).toBe(1);
      expect(started.simulator.state().authConfigs).toHaveLength(1);
      started.skip(60_000);
    }
    const { providerName } = named("");
    expect(await started.send(retireAll({ kind: "authConfig", providerName }))).toMatchObject({ status: "SUCCEEDED" });
    expect(started.simulator.state().authConfigs).toEqual([]);
    const twins = await started.send(applyMessage([named("1"), named("2")]));
    expect(JSON.stringify(twins)).toMatch(/begins with the same 64 characters/);
    expect(started.simulator.state().authConfigs).toEqual([]);
  },
);

test("a service that a person has renamed is retired by its id, and its record is not dropped", async () => {
  const { started, plain, services } = await start("names are cut");
  await started.send(applyMessage([group, plain]));
  started.skip(60_000);
  const [{ serviceGroupId = 0, services: [made] = [] } = {}] = started.simulator.state().groups;
  started.simulator.editService(
    { accountId: "123456", serviceGroupId, serviceId: made?.serviceId ?? 0 },
    { serviceDescription: "Renamed" },
  );
  started.skip(60_000);
  expect(await started.send(retire(group.groupName, plain.serviceDescription))).toMatchObject({ status: "SUCCEEDED" });
  expect(services()).toEqual([]);
});
