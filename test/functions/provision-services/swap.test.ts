import { afterEach, beforeEach, expect, test } from "vitest";
import { activationKey } from "../../../shared/records/account/activation.ts";
import { serviceAt } from "./accounts.ts";
import { applyMessage, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture({ simulator: { limit: 10_000 }, allowedHosts: ["good.example"] });
  await fixture.send(applyMessage([group, serviceAt("good.example", "A"), serviceAt("other.example", "B")]));
});
afterEach(() => fixture.stop());

const group = { kind: "httpServiceGroup", groupName: "G" };
const services = () => fixture.simulator.state().groups.flatMap(({ services }) => services);
/** Names in the order in which the services were made. */
const names = () =>
  services()
    .toSorted((a, b) => a.serviceId - b.serviceId)
    .map(({ serviceDescription }) => serviceDescription);
const renamed = (serviceDescription: string, previousName: string, host: string, more: object = {}) =>
  serviceAt(host, serviceDescription, { previousName, ...more });
const swap = (more: object = {}) => [renamed("A", "B", "other.example", more), renamed("B", "A", "good.example", more)];
const known = async () =>
  (await fixture.table.query("ACCOUNT#123456", "SERVICE#")).map(({ sk, serviceId }) => [sk, serviceId]);

test("two services swap their names in one message, and what is known of each goes along", async () => {
  const [a, b] = services().map(({ serviceId }) => serviceId);
  const ofA = { accountId: "123456", groupName: "G", serviceDescription: "A" };
  await fixture.table.update(activationKey(ofA), { marker: "of A" });
  const outcome = await fixture.send(applyMessage(swap()));
  expect(outcome).toMatchObject({
    status: "SUCCEEDED",
    resources: [
      { name: "G/A", result: "UPDATED", changes: ['serviceDescription (swapped with "B")'], ids: { serviceId: b } },
      { name: "G/B", result: "UPDATED", changes: ['serviceDescription (swapped with "A")'], ids: { serviceId: a } },
    ],
  });
  expect(names()).toEqual(["B", "A"]);
  expect(await known()).toEqual([
    ["SERVICE#G/A", b],
    ["SERVICE#G/B", a],
  ]);
  expect(await fixture.table.get(activationKey({ ...ofA, serviceDescription: "B" }))).toMatchObject({ marker: "of A" });
});

test("a swap sent again, under its id or a new one, changes nothing", async () => {
  const message = applyMessage(swap());
  await fixture.send(message);
  fixture.operations();
  expect((await fixture.send({ ...message, id: `${message.id}-again` })).status).toBe("NO_CHANGE");
  expect((await fixture.send(message)).status).toBe("NO_CHANGE");
  expect((await fixture.send(applyMessage(swap()))).status).toBe("NO_CHANGE");
  expect(names()).toEqual(["B", "A"]);
});

test("a swap changes contents as well, each at its own service", async () => {
  await fixture.send(applyMessage(swap({ isDebug: true })));
  expect(names()).toEqual(["B", "A"]);
  expect(services().map(({ isDebug }) => isDebug)).toEqual([true, true]);
  const urls = services().map(({ serviceDescription, httpServiceConfig }) => [
    serviceDescription,
    JSON.parse(String(httpServiceConfig)).url,
  ]);
  expect(Object.fromEntries(urls)).toEqual({
    A: "https://other.example/look-up",
    B: "https://good.example/look-up",
  });
});

test.each([1, 2, 3].flatMap((write) => ["lost-answer", "drop", "500"].map((fault) => [write, fault] as const)))(
  "a swap whose write number %i meets %s goes on where it was",
  async (write, fault) => {
    const what = fault === "500" ? { kind: "status", status: 500 } : { kind: fault };
    fixture.simulator.faults.add({ ...what, match: { operation: "updateHttpService" }, after: write - 1 } as never);
    fixture.operations();
    const outcome = await fixture.send(applyMessage(swap()));
    expect(fixture.operations().filter((name) => name === "updateHttpService").length).toBeGreaterThanOrEqual(3);
    expect(outcome.status).toBe("SUCCEEDED");
    expect(outcome.resources?.map(({ changes }) => changes)).toEqual([
      ['serviceDescription (swapped with "B")'],
      ['serviceDescription (swapped with "A")'],
    ]);
    expect(names()).toEqual(["B", "A"]);
    expect((await known()).map(([sk]) => sk)).toEqual(["SERVICE#G/A", "SERVICE#G/B"]);
  },
);

test("a swap of which one half is impossible is not begun", async () => {
  const outcome = await fixture.send(
    applyMessage([renamed("A", "B", "other.example"), renamed("B", "A", "good.example", { authConfig: "none" })]),
  );
  expect(outcome).toMatchObject({
    status: "REJECTED",
    resources: [
      { problems: [{ path: "data.resources[0].previousName", message: expect.stringContaining("cannot be changed") }] },
      { problems: [{ path: "data.resources[1].authConfig" }] },
    ],
  });
  expect(names()).toEqual(["A", "B"]);
});

test("a dry run says what a swap would do", async () => {
  const outcome = await fixture.send(applyMessage(swap(), { data: { dryRun: true } }));
  expect(outcome.resources?.map(({ result, changes }) => [result, changes])).toEqual([
    ["PLANNED", ['serviceDescription (swapped with "B")']],
    ["PLANNED", ['serviceDescription (swapped with "A")']],
  ]);
  expect(names()).toEqual(["A", "B"]);
});

test("one half alone is refused, with how to swap", async () => {
  const outcome = await fixture.send(applyMessage([renamed("A", "B", "other.example")]));
  expect(outcome.resources?.[0]?.problems?.[0]).toMatchObject({
    path: "data.resources[0].previousName",
    hint: expect.stringContaining("each with the other's name as its previousName"),
  });
});
