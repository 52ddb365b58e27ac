import { expect, test } from "vitest";
import { long, profiles, retire, start, words } from "./cut-names-world.ts";
import { applyMessage, group } from "./fixture.ts";

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
