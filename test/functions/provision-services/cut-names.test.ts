import { expect, test } from "vitest";
import { long, profiles, retire, start, startIn, words } from "./cut-names-world.ts";
import { applyMessage, authConfig, group, retireMessage } from "./fixture.ts";

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
  const { started, plain } = await startIn({ "names.length": "cut", "names.case": "insensitive" });
  const named = (serviceDescription: string) => ({ ...plain, serviceDescription });
  await started.send(applyMessage([group, named("D".repeat(66))]));
  started.skip(60_000);
  const outcome = JSON.stringify(await started.send(applyMessage([named("d".repeat(66))])));
  expect(outcome).toMatch(/cuts? .*to 64 characters/);
  expect(outcome).not.toMatch(/was not made by a message/);
  expect(started.simulator.state().groups[0]?.services).toHaveLength(1);
});

test("a name that RingCX keeps whole may begin as another one does", async () => {
  const { started, plain } = await startIn({});
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
    expect(await started.send(retireMessage({ kind: "authConfig", providerName }))).toMatchObject({
      status: "SUCCEEDED",
    });
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
