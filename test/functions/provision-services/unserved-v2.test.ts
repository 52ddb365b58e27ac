import { afterEach, expect, test } from "vitest";
import { applyMessage, authConfig, type Fixture, group, retireMessage, service, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

const retirement = () =>
  retireMessage({
    kind: "httpService",
    groupName: group.groupName,
    serviceDescription: "Lookup customer by ANI",
    delete: "service",
  });
const words = /ASSUMPTION_BROKEN: services\.v2 is \\"unserved\\".*in the admin page.*assumption-broken/;

async function start(status: number, profile: object) {
  const started = await startFixture({ simulator: { profile, limit: 10_000 }, random: () => 0.1 });
  fixture = started;
  started.simulator.faults.add({ kind: "status", status, times: 1_000, match: { path: "*/v2/*" } });
  const { validation: _, ...plain } = service(started.crm, { isEnabled: false });
  return { started, plain };
}

test.each([404, 405, 410])(
  "a service that RingCX has no v2 to delete with (%i) is not told as deleted, but what to do",
  async (status) => {
    const { started, plain } = await start(status, {});
    await started.send(applyMessage([group, authConfig, plain]));
    const outcome = await started.send(retirement());
    expect(JSON.stringify(outcome)).toMatch(words);
    expect(outcome.resources).toMatchObject([{ result: "FAILED" }]);
    expect(started.simulator.state().groups[0]?.services).toHaveLength(1);
    expect(started.counted).toContain("AssumptionBroken");
  },
);

test.each([404, 405])(
  "a link that only v2 shows, which is not served (%i), is told with what to do",
  async (status) => {
    const { started, plain } = await start(status, { "services.authLink": "hidden" });
    const outcome = await started.send(applyMessage([group, authConfig, plain]));
    expect(JSON.stringify(outcome)).toMatch(/ASSUMPTION_BROKEN: services\.v2 is \\"unserved\\".*assumption-broken/);
  },
);

test("what is gone is gone, and what is there is deleted, where v2 is served", async () => {
  const started = await startFixture({ simulator: { limit: 10_000 }, random: () => 0.1 });
  fixture = started;
  const { validation: _, ...plain } = service(started.crm, { isEnabled: false });
  await started.send(applyMessage([group, authConfig, plain]));
  const { serviceGroupId = 0, services: [made] = [] } = started.simulator.state().groups[0] ?? {};
  await started.account().services.delete(serviceGroupId, made?.serviceId ?? 0);
  started.skip(40_000);
  await expect(started.account().services.delete(serviceGroupId, made?.serviceId ?? 0)).rejects.toThrow(
    "RingCX services.delete",
  );
  expect(started.counted).not.toContain("AssumptionBroken");
});
