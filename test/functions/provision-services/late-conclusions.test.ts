import { afterEach, expect, test } from "vitest";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { applyMessage, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

const profiles: Readonly<Record<string, Partial<Profile>>> = {
  "lists are late": { "consistency.lists": "stale" },
  "lists and records are late, and answered with nothing": {
    "consistency.lists": "stale",
    "consistency.single": "stale",
    "names.duplicates": "allowed",
    "services.createAnswer": "nothing",
    "services.putAnswer": "oldRecord",
  },
};

async function start(profile: string) {
  const started = await startFixture({ simulator: { profile: profiles[profile] ?? {} } });
  fixture = started;
  const { validation: _, authConfig: _none, ...plain } = service(started.crm);
  const named = (serviceDescription: string, previousName?: string) => ({ ...plain, serviceDescription, previousName });
  return { started, named };
}

test.each(Object.keys(profiles))("%s: what was just made and is renamed is not told as made new", async (profile) => {
  const { started, named } = await start(profile);
  await started.send(applyMessage([group, named("w1")]));
  const { resources } = await started.send(applyMessage([named("w0", "w1")]));
  expect(resources).toMatchObject([{ result: "UPDATED" }]);
  expect(JSON.stringify(resources)).not.toMatch(/created|made new/);
});

test.each(Object.keys(profiles))("%s: a swap in three messages is told as three renames", async (profile) => {
  const { started, named } = await start(profile);
  await started.send(applyMessage([group, named("w0"), named("w1")]));
  const swaps = [named("tmp", "w0"), named("w0", "w1"), named("w1", "tmp")];
  const told = [];
  for (const one of swaps) told.push(await started.send(applyMessage([one])));
  for (const { resources } of told) {
    expect(resources).toMatchObject([{ result: "UPDATED" }]);
    expect(JSON.stringify(resources)).not.toMatch(/created|made new/);
  }
});

test("what a turn concluded is not told where the next one finds it otherwise", async () => {
  const { started, named } = await start("lists are late");
  await started.send(applyMessage([group]));
  started.skip(60_000);
  const match = { operation: "createHttpService" };
  started.simulator.faults.add({ kind: "status", status: 429, retryAfterSeconds: 2, match });
  const message = applyMessage([{ ...named("w0", "w1"), adopt: true }]);
  expect(await started.deliver([message])).toHaveLength(1);
  const [{ serviceGroupId = 0 } = {}] = started.simulator.state().groups;
  // What a list shows late appears in between.
  await started.account().services.create(serviceGroupId, {
    accountId: started.simulator.accountId,
    serviceDescription: "w1",
    serviceType: "HTTP_GET",
    httpServiceConfig: { url: started.crm.url },
  });
  for (let turn = 0; turn < 80 && (await started.open()).length > 0; turn += 1) {
    started.skip(30_000);
    await started.work();
  }
  const outcome = started.outcomes.at(-1);
  expect(outcome?.resources).toMatchObject([{ result: "UPDATED" }]);
  expect(JSON.stringify(outcome)).not.toMatch(/"created"|made new/);
  expect(started.simulator.state().groups[0]?.services).toMatchObject([{ serviceDescription: "w0" }]);
});

test("a group that was just made and is renamed is not told as made new", async () => {
  const { started } = await start("lists are late");
  await started.send(applyMessage([group]));
  const { resources } = await started.send(
    applyMessage([{ ...group, groupName: "Renamed", previousName: group.groupName }]),
  );
  expect(resources).toMatchObject([{ result: "UPDATED" }]);
  expect(JSON.stringify(resources)).not.toMatch(/created|made new/);
});

test("that there was nothing to rename is told of what is made, also where its answer is lost", async () => {
  const { started, named } = await start("lists are late");
  await started.send(applyMessage([group]));
  started.skip(60_000);
  started.simulator.faults.add({ kind: "lost-answer", match: { operation: "createHttpService" } });
  const { resources } = await started.send(applyMessage([named("w0", "w1")]));
  expect(resources).toMatchObject([{ result: "CREATED" }]);
  expect(JSON.stringify(resources)).toMatch(/made new: there is no service.*created/);
});
