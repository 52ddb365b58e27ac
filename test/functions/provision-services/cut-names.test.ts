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
  "and a write is answered with the record from before": {
    "names.length": "cut",
    "services.putAnswer": "oldRecord",
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
    expect(JSON.stringify(outcome)).toMatch(words);
    expect(services()).toHaveLength(1);
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
  "%s: a service that is to get a longer name keeps the one that it has, and takes another",
  async (profile) => {
    const { started, plain, services, counted } = await start(profile);
    await started.send(applyMessage([group, plain]));
    started.skip(60_000);
    const [before] = services();
    expect(before).toMatchObject({ serviceDescription: plain.serviceDescription, isEnabled: true });
    const renamed = {
      ...plain,
      serviceDescription: long,
      previousName: plain.serviceDescription,
      httpServiceConfig: { url: `${started.crm.url}/customers/elsewhere` },
    };
    for (let time = 0; time < 2; time += 1) {
      const outcome = JSON.stringify(await started.send(applyMessage([renamed])));
      expect(outcome).toMatch(words);
      expect(outcome).not.toMatch(/retire|services\.create/);
      expect(counted()).toBe(1);
      expect(services()).toEqual([before]);
      started.skip(60_000);
    }
    expect(await started.send(retire(group.groupName, long))).toMatchObject({ status: "NO_CHANGE" });
    expect(services()).toEqual([before]);
    started.skip(60_000);
    const better = { ...plain, serviceDescription: "Shorter", previousName: plain.serviceDescription };
    expect(await started.send(applyMessage([better]))).toMatchObject({ status: "SUCCEEDED" });
    expect(services()).toMatchObject([
      { serviceId: before?.serviceId, serviceDescription: "Shorter", isEnabled: true },
    ]);
  },
);

test.each(Object.keys(profiles))(
  "%s: a group that is to get a longer name keeps the one that it has, and takes another",
  async (profile) => {
    const { started, plain, counted } = await start(profile);
    await started.send(applyMessage([group, plain]));
    started.skip(60_000);
    const before = started.simulator.state().groups;
    const groupName = long.padEnd(70, "y");
    const outcome = JSON.stringify(
      await started.send(
        applyMessage([
          { ...group, groupName, previousName: group.groupName, isDefault: true },
          { ...plain, groupName },
        ]),
      ),
    );
    expect(outcome).toMatch(words);
    expect(outcome).not.toMatch(/retire|create/);
    expect(counted()).toBe(1);
    expect(started.simulator.state().groups).toEqual(before);
    started.skip(60_000);
    const unchanged = await started.send(applyMessage([plain]));
    expect(unchanged).toMatchObject({ status: "NO_CHANGE", resources: [{ result: "UNCHANGED" }] });
    const better = [
      { ...group, groupName: "Shorter", previousName: group.groupName },
      { ...plain, groupName: "Shorter" },
    ];
    expect(await started.send(applyMessage(better))).toMatchObject({ status: "SUCCEEDED" });
    expect(started.simulator.state().groups).toMatchObject([{ groupName: "Shorter", services: [{ isEnabled: true }] }]);
  },
);

const lost = [
  { kind: "lost-answer", after: 0 },
  { kind: "drop", after: 1 },
  { kind: "lost-answer", after: 1 },
  { kind: "status", status: 503, after: 1 },
  { kind: "status", status: 429, after: 1 },
  { kind: "status", status: 400, after: 1 },
] as const;

test.each(lost)("where putting the name back meets %j, there is one service, and its name finds it", async (fault) => {
  const { started, plain, services } = await start("names are cut");
  await started.send(applyMessage([group, plain]));
  started.skip(60_000);
  const [before] = services();
  const renamed = { ...plain, serviceDescription: long, previousName: plain.serviceDescription };
  started.simulator.faults.add({ ...fault, match: { operation: "updateHttpService" } });
  expect(JSON.stringify(await started.send(applyMessage([renamed])))).toMatch(words);
  const isRefused = "status" in fault && fault.status === 400;
  if (!isRefused) expect(services()).toEqual([before]);
  started.skip(60_000);
  const better = { ...plain, serviceDescription: "Shorter", previousName: plain.serviceDescription };
  expect(await started.send(applyMessage([better]))).toMatchObject({ status: "SUCCEEDED" });
  expect(services()).toMatchObject([{ serviceId: before?.serviceId, serviceDescription: "Shorter", isEnabled: true }]);
});

test.each(lost)("likewise of a group: %j", async (fault) => {
  const { started, plain } = await start("names are cut");
  await started.send(applyMessage([group, plain]));
  started.skip(60_000);
  const before = started.simulator.state().groups;
  started.simulator.faults.add({ ...fault, match: { operation: "updateHttpServiceGroup" } });
  const renamed = { ...group, groupName: long, previousName: group.groupName };
  expect(JSON.stringify(await started.send(applyMessage([renamed])))).toMatch(words);
  const isRefused = "status" in fault && fault.status === 400;
  if (!isRefused) expect(started.simulator.state().groups).toEqual(before);
  started.skip(60_000);
  const groupName = "Shorter";
  const better = [
    { ...group, groupName, previousName: group.groupName },
    { ...plain, groupName },
  ];
  expect(await started.send(applyMessage(better))).toMatchObject({ status: "SUCCEEDED" });
  expect(started.simulator.state().groups).toMatchObject([{ groupName, services: [{ isEnabled: true }] }]);
});

test("what is called as a longer name begins is not said to be a stranger's", async () => {
  const { started, plain, services } = await start("names are cut");
  const whole = "x".repeat(64);
  await started.send(applyMessage([group, { ...plain, serviceDescription: whole }]));
  started.skip(60_000);
  const before = services();
  const other = { ...plain, serviceDescription: `${whole}y` };
  const told = [
    await started.send(applyMessage([other])),
    await started.send(applyMessage([{ ...other, adopt: true }])),
    await started.send(retire(group.groupName, other.serviceDescription)),
  ];
  for (const outcome of told) {
    expect(JSON.stringify(outcome)).toMatch(/RingCX cuts names to 64 characters/);
    expect(JSON.stringify(outcome)).not.toMatch(/was not made by a message/);
  }
  expect(services()).toEqual(before);
});

test("a long name in another spelling than it was made under is not said to be a stranger's", async () => {
  const profile = { "names.length": "cut", "names.case": "insensitive" } as const;
  const started = await startFixture({ simulator: { profile } });
  fixture = started;
  const { validation: _, authConfig: _none, ...plain } = service(started.crm);
  const named = (serviceDescription: string) => ({ ...plain, serviceDescription });
  await started.send(applyMessage([group, named("D".repeat(66))]));
  started.skip(60_000);
  const outcome = JSON.stringify(await started.send(applyMessage([named("d".repeat(66))])));
  expect(outcome).toMatch(/cuts? .*to 64 characters/);
  expect(outcome).not.toMatch(/was not made by a message/);
  expect(started.simulator.state().groups[0]?.services).toHaveLength(1);
});

test("a name that RingCX keeps whole may begin as another one does", async () => {
  const started = await startFixture();
  fixture = started;
  const { validation: _, authConfig: _none, ...plain } = service(started.crm);
  const named = (end: string) => ({ ...plain, serviceDescription: `${long}${end}` });
  const outcome = await started.send(applyMessage([group, named("1"), named("2")]));
  expect(outcome).toMatchObject({ status: "SUCCEEDED" });
  const renamed = { ...named("3"), previousName: `${long}2`, isDebug: true };
  expect(await started.send(applyMessage([renamed]))).toMatchObject({
    resources: [{ result: "UPDATED", changes: [`serviceDescription (was ${JSON.stringify(`${long}2`)})`, "isDebug"] }],
  });
  const [made] = started.simulator.state().groups;
  expect(made?.services).toMatchObject([
    { serviceDescription: `${long}1` },
    { serviceDescription: `${long}3`, isDebug: true, isEnabled: true },
  ]);
});

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
    expect(JSON.stringify(twins)).toMatch(words);
    expect(twins.resources).toMatchObject([{ result: "FAILED" }, { result: "SKIPPED" }]);
    expect(started.simulator.state().authConfigs).toHaveLength(1);
  },
);

test("an auth config that a person has given another name keeps that one, and its services", async () => {
  const { started } = await start("names are cut");
  await started.send(applyMessage([{ ...authConfig, providerName: long }]));
  started.skip(60_000);
  const [{ authConfigId = "" } = {}] = started.simulator.state().authConfigs;
  const credential = JSON.parse(started.secrets.get("crm/oauth")?.value ?? "{}");
  await started.account().authConfigs.updateOAuth(authConfigId, { ...credential, providerName: "By hand" });
  started.skip(60_000);
  const outcome = JSON.stringify(await started.send(applyMessage([{ ...authConfig, providerName: long }])));
  expect(outcome).toMatch(words);
  expect(outcome).not.toMatch(/retire|previousName/);
  expect(started.simulator.state().authConfigs).toMatchObject([{ authConfigId, providerName: "By hand" }]);
});

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
