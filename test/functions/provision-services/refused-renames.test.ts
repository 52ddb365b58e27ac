import { afterEach, beforeEach, expect, test } from "vitest";
import { applyMessage, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const named = (serviceDescription: string, more: object = {}) =>
  service(fixture.crm, { serviceDescription, authConfig: undefined, validation: undefined, ...more });
const names = () =>
  fixture.simulator
    .state()
    .groups.flatMap(({ groupName, services }) =>
      services.map(({ serviceDescription }) => `${groupName}/${serviceDescription}`),
    );
const refuse = (operation: string) =>
  fixture.simulator.faults.add({ kind: "status", status: 400, match: { operation } });

test("a service whose rename RingCX refuses is still the message's under the name that it has", async () => {
  await fixture.send(applyMessage([group, named("old")]));
  refuse("updateHttpService");
  expect(await fixture.send(applyMessage([named("new", { previousName: "old" })]))).toMatchObject({
    resources: [{ result: "FAILED" }],
  });
  expect(names()).toEqual([`${group.groupName}/old`]);
  expect(await fixture.send(applyMessage([named("old", { isDebug: true })]))).toMatchObject({ status: "SUCCEEDED" });
  const again = await fixture.send(applyMessage([named("new", { previousName: "old", isDebug: true })]));
  expect(again).toMatchObject({ resources: [{ result: "UPDATED", changes: ['serviceDescription (was "old")'] }] });
  expect(names()).toEqual([`${group.groupName}/new`]);
});

test("a rename that has to wait for the quota is told as one, not as drift", async () => {
  await fixture.send(applyMessage([group, named("old")]));
  fixture.simulator.faults.add({
    kind: "status",
    status: 429,
    retryAfterSeconds: 2,
    match: { operation: "updateHttpService" },
  });
  const outcome = await fixture.send(applyMessage([named("new", { previousName: "old" })]));
  expect(outcome).toMatchObject({ resources: [{ result: "UPDATED", changes: ['serviceDescription (was "old")'] }] });
});

test("a group whose rename RingCX refuses keeps its services", async () => {
  await fixture.send(applyMessage([group, named("old")]));
  refuse("updateHttpServiceGroup");
  const renamedGroup = { ...group, groupName: "Other", previousName: group.groupName };
  expect(await fixture.send(applyMessage([renamedGroup]))).toMatchObject({ resources: [{ result: "FAILED" }] });
  expect(await fixture.send(applyMessage([group, named("old", { isDebug: true })]))).toMatchObject({
    status: "SUCCEEDED",
    resources: [{ result: "UNCHANGED" }, { result: "UPDATED" }],
  });
});
