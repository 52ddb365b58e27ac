import { afterEach, expect, test } from "vitest";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

const stale = { "consistency.lists": "stale", "consistency.single": "stale" } as const;
const replaced = { "authConfigs.id": "replaced" } as const;
const nothing = { "authConfigs.answer": "nothing" } as const;
const told = /ASSUMPTION_BROKEN: authConfigs\.id is "replaced"|exists already/;

/** An inactive service with nothing that needs a request of its own. */
function bare({ crm }: Fixture) {
  const { validation: _, httpServiceInputs: __, authConfig: ___, ...plain } = service(crm, { isEnabled: false });
  return plain;
}

const cases: { what: string; post: string; profile: Partial<Profile>; says?: RegExp; isUndisturbed?: true }[] = [
  { what: "an auth config", post: "*/external/authConfigs/*", profile: {} },
  { what: "an auth config, old reads", post: "*/external/authConfigs/*", profile: stale },
  { what: "one under another id", post: "*/external/authConfigs/*", profile: replaced, says: told },
  {
    what: "one under another id, old reads",
    post: "*/external/authConfigs/*",
    profile: { ...replaced, ...stale },
    says: told,
  },
  {
    what: "one under another id, nothing answered, old reads",
    post: "*/external/authConfigs/*",
    profile: { ...replaced, ...nothing, ...stale },
    says: told,
    isUndisturbed: true,
  },
  {
    what: "one of which nothing is answered, old reads",
    post: "*/external/authConfigs/*",
    profile: { ...nothing, ...stale },
    isUndisturbed: true,
  },
  { what: "a group, old reads", post: "*/httpServiceGroups", profile: stale },
  {
    what: "a service, old reads",
    post: "*/httpServices",
    profile: { ...stale, "names.duplicates": "allowed" },
  },
];

test.each(cases)("$what whose creation nobody saw to end is never made twice", async (one) => {
  const { post, profile, says, isUndisturbed } = one;
  const started = await startFixture({ simulator: { profile, limit: 10_000 }, random: () => 0.1 });
  fixture = started;
  const { simulator, crm, send, skip } = started;
  if (post.endsWith("Services")) {
    await send(applyMessage([group, authConfig]));
    skip(20_000);
  }
  if (!isUndisturbed) simulator.faults.add({ kind: "lost-answer", match: { method: "POST", path: post } });
  const { validation: _, ...plain } = service(crm, { isEnabled: false });
  const message = applyMessage([group, authConfig, plain]);
  const outcome = await send(message);
  if (says) expect(outcome.summary).toMatch(says);
  else expect(outcome.status, JSON.stringify(outcome)).toBe("SUCCEEDED");
  if (!isUndisturbed) expect(simulator.requests.filter(({ fault }) => fault === "lost-answer")).toHaveLength(1);
  const { groups, authConfigs } = simulator.state();
  expect(groups).toHaveLength(1);
  expect(authConfigs).toHaveLength(1);
  if (!says) expect(groups[0]?.services).toHaveLength(1);
});

test("what was surely lost on its way is made, once nothing old can hide it", async () => {
  const started = await startFixture({ simulator: { limit: 10_000 } });
  fixture = started;
  started.simulator.faults.add({ kind: "drop", match: { operation: "createHttpServiceGroup" } });
  const began = started.now();
  expect(await started.send(applyMessage([group]))).toMatchObject({ status: "SUCCEEDED" });
  expect(started.now() - began).toBeGreaterThanOrEqual(30_000);
  expect(started.simulator.state().groups).toHaveLength(1);
});

test("a service that is born active, of which nothing is answered, is out as soon as RingCX shows it", async () => {
  const profile = { ...stale, "services.born": "active", "services.createAnswer": "nothing" } as const;
  const started = await startFixture({ simulator: { profile, limit: 10_000 }, random: () => 0.9 });
  fixture = started;
  await started.send(applyMessage([group, authConfig]));
  started.skip(40_000);
  const { validation: _, ...plain } = service(started.crm, { isEnabled: false });
  expect(await started.send(applyMessage([plain]))).toMatchObject({ status: "SUCCEEDED" });
  const { simulator } = started;
  const at = (operation: string) => simulator.requests.find((request) => request.operation === operation)?.at ?? 0;
  // Ten seconds are the longest that is assumed.
  expect(at("setHttpServiceIsActive") - at("createHttpService")).toBeLessThan(17_000);
  expect(simulator.state().groups[0]?.services).toMatchObject([{ isEnabled: false }]);
});

test("services of which nothing is answered are waited for together", async () => {
  const profile = { "consistency.lists": "stale", "services.createAnswer": "nothing" } as const;
  const started = await startFixture({ simulator: { profile, limit: 10_000 }, random: () => 0.9 });
  fixture = started;
  await started.send(applyMessage([group]));
  started.skip(40_000);
  const plain = bare(started);
  const services = ["a", "b", "c", "d", "e"].map((serviceDescription) => ({ ...plain, serviceDescription }));
  const began = started.now();
  started.operations();
  expect(await started.send(applyMessage(services))).toMatchObject({ status: "SUCCEEDED" });
  // The longest that a list is assumed to be late, and the wait between two looks.
  expect(started.now() - began).toBeLessThan(17_000);
  const operations = started.operations();
  expect(operations.filter((one) => one === "createHttpService")).toHaveLength(5);
  expect(operations.filter((one) => one === "getHttpServiceGroupListWithChildren").length).toBeLessThan(12);
  expect(started.simulator.state().groups[0]?.services).toHaveLength(5);
});

test.each([1, 20])(
  "%i services that are born active, of which nothing is answered, are each out as soon as a late list shows them",
  async (count) => {
    const profile = { ...stale, "services.born": "active", "services.createAnswer": "nothing" } as const;
    let now = Date.UTC(2030, 0, 1);
    const clock = {
      // A request takes a few hundred milliseconds.
      now: () => {
        now += 15;
        return now;
      },
      sleep: async (ms: number) => {
        now += ms;
      },
    };
    const started = await startFixture({ simulator: { profile }, clock, random: () => 0.9 });
    fixture = started;
    const { simulator } = started;
    await started.send(applyMessage([group]));
    started.skip(70_000);
    const plain = bare(started);
    const before = simulator.requests.length;
    const names = Array.from({ length: count }, (_, index) => `s${index}`);
    const message = applyMessage(names.map((serviceDescription) => ({ ...plain, serviceDescription })));
    expect(await started.send(message)).toMatchObject({ status: "SUCCEEDED" });
    const requests = simulator.requests.slice(before);
    const at = (operation: string) =>
      requests.filter((one) => one.operation === operation).map((request) => request.at);
    const [made, out] = [at("createHttpService"), at("setHttpServiceIsActive")];
    expect([made.length, out.length]).toEqual([count, count]);
    // In the order in which they were made: ten seconds until the list shows one, two until it is read, and its turn.
    expect(Math.max(...out.map((ms, index) => ms - (made[index] ?? 0)))).toBeLessThan(15_000);
    expect(at("getHttpServiceGroupListWithChildren").length).toBeLessThan(20);
  },
);
