import { afterEach, expect, test } from "vitest";
import type { SimulatorOptions } from "../../../infra/local/ringcx-simulator/simulator-options.ts";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

/** Time that passes when something waits for it. */
function idleClock() {
  let now = Date.now();
  return {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

const born = { "services.born": "active" } as const;

async function start(simulator: SimulatorOptions, quota?: object): Promise<Fixture> {
  const started = await startFixture({ simulator, clock: idleClock(), ...(quota && { quota }) });
  fixture = started;
  return started;
}

/** Nothing asks its endpoint. */
function plain(crm: Fixture["crm"]) {
  const { validation: _, httpServiceInputs: __, ...rest } = service(crm, { isEnabled: true });
  return rest;
}

const making = {
  "a service": {
    operation: "createHttpService",
    message: ({ crm }: Fixture) => {
      return applyMessage([{ ...plain(crm), serviceDescription: "New", isEnabled: false }]);
    },
  },
  "a clone": {
    operation: "cloneHttpService",
    message: () => {
      const { data: _, ...event } = applyMessage([]);
      const from = { groupName: "CRM enrichment", serviceDescription: "Lookup customer by ANI" };
      const to = { serviceDescription: "New" };
      return { ...event, type: "ringcx.copy.v1", data: { accountId: "123456", from, to } };
    },
  },
};

/** Requests from the making on, and how long after it the service was taken out. */
function sinceMaking({ simulator }: Fixture, operation: string) {
  const { requests } = simulator;
  const made = requests.findLastIndex((one) => one.operation === operation);
  const out = requests.findIndex((one, at) => at > made && one.operation === "setHttpServiceIsActive");
  const between = requests.slice(made + 1, out).map((one) => one.operation);
  return { between, ms: (requests[out]?.at ?? Number.POSITIVE_INFINITY) - (requests[made]?.at ?? 0) };
}

const isNewActive = ({ simulator }: Fixture) =>
  simulator.state().groups[0]?.services?.find(({ serviceDescription }) => serviceDescription === "New")?.isEnabled;

test.each(Object.entries(making))(
  "%s that is born active is out at once, however much of the quota is used",
  async (_, one) => {
    const limit = 14;
    const started = await start({ profile: born, limit: 10_000 }, { limit });
    await started.send(applyMessage([group, authConfig, plain(started.crm)]));
    for (let used = 4; used < limit; used += 1) {
      started.skip(10 * 60_000);
      for (let call = 0; call < used; call += 1) await started.account().groups.listWithChildren();
      expect(await started.send(one.message(started))).toMatchObject({ status: "SUCCEEDED" });
      const { between, ms } = sinceMaking(started, one.operation);
      expect(between, `${used} used`).toEqual([]);
      expect(ms, `${used} used`).toBeLessThan(1_500);
      expect(isNewActive(started)).toBe(false);
      started.skip(10 * 60_000);
      const { serviceGroupId = 0, services = [] } = (await started.account().groups.listWithChildren())[0] ?? {};
      const made = services.find(({ serviceDescription }) => serviceDescription === "New");
      await started.account().services.delete(serviceGroupId, made?.serviceId ?? 0);
    }
  },
);

test.each(Object.entries(making))(
  "%s of which nobody knows that it is active is out before anything else",
  async (_, one) => {
    const started = await start({ profile: { ...born, "consistency.lists": "stale" }, limit: 10_000 });
    await started.send(applyMessage([group, authConfig, plain(started.crm)]));
    started.skip(60_000);
    const { simulator, secrets } = started;
    simulator.faults.add({ kind: "lost-answer", match: { operation: one.operation } });
    await started.deliver([one.message(started)]);
    expect(isNewActive(started)).toBe(true);
    // What it has to wait for from now on may take long.
    for (const [id, secret] of secrets)
      if (id !== "connection") secrets.set(id, { ...secret, describeFails: "InternalServiceError" });
    await started.deliver([applyMessage([{ ...group, groupName: "Another" }])]);
    started.skip(11_000);
    await started.deliver([applyMessage([{ ...group, groupName: "One more" }])]);
    expect(isNewActive(started)).toBe(false);
  },
);

test.each(Object.entries(making))(
  "an outcome says for how long %s was active that RingCX let nobody deactivate",
  async (_, one) => {
    const started = await start({ profile: born, limit: 10_000 });
    await started.send(applyMessage([group, authConfig, plain(started.crm)]));
    const operation = "setHttpServiceIsActive";
    started.simulator.faults.add({
      kind: "status",
      status: 429,
      retryAfterSeconds: 20,
      match: { operation },
      times: 1,
    });
    const outcome = await started.send(one.message(started));
    expect(outcome.resources?.[0]?.changes).toContainEqual(
      expect.stringMatching(/^it was active for up to 2\d s after it was made$/),
    );
    expect(outcome.resources?.[0]?.changes).toContain("deactivated: it was born active");
  },
);

test.each(Object.entries(making))(
  "%s that nobody saw being made is out as soon as it is shown, also where its message has ended before",
  async (_, one) => {
    const started = await start({ profile: { ...born, "consistency.lists": "stale" }, limit: 10_000 });
    await started.send(applyMessage([group, authConfig, plain(started.crm)]));
    started.skip(60_000);
    started.simulator.faults.add({ kind: "lost-answer", match: { operation: one.operation } });
    await started.deliver([one.message(started)]);
    expect(isNewActive(started)).toBe(true);
    // What is left of it: the message is over, whatever ended it.
    for (const { pk, sk } of await started.table.query("ACCOUNT#123456", "OPEN"))
      await started.table.delete({ pk, sk });
    for (let turn = 0; turn < 12 && isNewActive(started); turn += 1) {
      const [{ inMs = 0 } = {}] = started.wakes();
      started.skip(inMs);
      await started.work();
    }
    expect(isNewActive(started)).toBe(false);
    // Then there is nothing to wake for.
    started.wakes();
    await started.work();
    expect(started.wakes()).toEqual([]);
  },
);

test("a new group and its services, which are answered with nothing and shown late: all are out soon after they can be seen", async () => {
  const profile = {
    ...born,
    "services.createAnswer": "nothing",
    "consistency.lists": "stale",
    "clones.state": "active",
    "services.setActiveAnswer": "conflictWhenSame",
    "services.inactivePut": "conflict",
    "names.case": "insensitive",
  } as const;
  const started = await start({ profile, limit: 10_000 });
  const { authConfig: _, ...one } = plain(started.crm);
  const names = ["a", "b", "c", "d"];
  const message = applyMessage([
    group,
    ...names.map((serviceDescription) => ({ ...one, serviceDescription, isEnabled: false })),
  ]);
  await started.deliver([message]);
  // The worker is woken when it has asked for that, not when its message has its next turn.
  for (let turn = 0; turn < 40 && (await started.open()).length > 0; turn += 1) {
    const [{ inMs = 0 } = {}] = started.wakes();
    started.skip(inMs);
    await started.work();
  }
  const { requests } = started.simulator;
  const at = (operation: string) =>
    requests.filter((request) => request.operation === operation).map((request) => request.at);
  const made = at("createHttpService");
  const out = at("setHttpServiceIsActive");
  expect(made).toHaveLength(4);
  expect(Math.max(...out) - Math.min(...made)).toBeLessThan(16_000);
});

test("one that RingCX lets nobody deactivate is tried at once, and ever more rarely: it does not use up the quota of the others", async () => {
  const started = await start({ profile: { ...born, "consistency.lists": "stale" }, limit: 10_000 });
  await started.send(applyMessage([group, authConfig]));
  started.skip(60_000);
  const operation = "setHttpServiceIsActive";
  started.simulator.faults.add({ kind: "lost-answer", match: { operation: "createHttpService" } });
  started.simulator.faults.add({ kind: "status", status: 403, match: { operation }, times: 1_000 });
  await started.deliver([making["a service"].message(started)]);
  for (let passedMs = 0; passedMs < 15 * 60_000; ) {
    const [{ inMs = 60_000 } = {}] = started.wakes();
    passedMs += inMs;
    started.skip(inMs);
    await started.work();
  }
  const tries = started.simulator.requests.filter((request) => request.operation === operation);
  expect(tries.length).toBeGreaterThan(5);
  expect(tries.length).toBeLessThan(30);
});
