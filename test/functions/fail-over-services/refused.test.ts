import { afterEach, beforeEach, expect, test } from "vitest";
import { allPermissions } from "../../../infra/local/ringcx-simulator/access/permissions.ts";
import { newCarrier } from "../../../shared/activation/intents.ts";
import { arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

test("a service that RingCX does not let failover take out is told once when that begins and once when it ends", async () => {
  const service = await fixture.service("lookup", { alarms: [arnOf("crm")] });
  fixture.simulator.setPermissions(allPermissions.filter((one) => one !== "UPDATE on HttpService"));
  fixture.setAlarm("crm", "ALARM");
  // Then the sweep is the quicker one; its event must not fail ten times and wait as a dead letter.
  for (fixture.deliveries.count = 1; fixture.deliveries.count < 4; fixture.deliveries.count += 1) {
    expect((await fixture.events("crm")).batchItemFailures).toHaveLength(1);
  }
  expect((await fixture.events("crm")).batchItemFailures).toEqual([]);
  await fixture.minutes(3);
  expect(service.isActive()).toBe(true);
  expect(fixture.takeOutcomes()).toMatchObject([
    {
      status: "FAILED",
      summary: expect.stringMatching(
        /^CRM\/lookup cannot be brought into the state that its record asks for: .*403.* It stays as RingCX has it/,
      ),
    },
  ]);
  fixture.simulator.setPermissions(allPermissions);
  await fixture.minutes(2);
  expect(service.isActive()).toBe(false);
  expect(fixture.takeOutcomes()).toMatchObject([
    { summary: expect.stringContaining("deactivated") },
    { status: "NO_CHANGE" },
  ]);
});

test("a refusal is over once the service was brought where it belongs, not while another process is at it", async () => {
  await fixture.stop();
  fixture = await startFixture({}, { profile: { "services.workflows": "deleteAndDeactivate" } });
  const refused = await fixture.service("lookup", { alarms: [arnOf("crm")] });
  fixture.simulator.editService(addressOf(refused), { workflows: ["flow"] } as never);
  fixture.setAlarm("crm", "ALARM");
  await fixture.minutes(1);
  expect(fixture.takeOutcomes()).toMatchObject([{ status: "FAILED" }]);
  // An event's invocation is at it whenever the sweep comes by.
  const { activation } = fixture.dependencies;
  const record = await activation.get(refused.name);
  await activation.changeIf(refused.name, record, { carrier: newCarrier(fixture.clock.now() + 100_000) });
  await fixture.minutes(1);
  expect(fixture.takeOutcomes()).toEqual([]);
  await fixture.minutes(3);
  expect(fixture.takeOutcomes()).toEqual([]);
  fixture.simulator.editService(addressOf(refused), { workflows: [] } as never);
  await fixture.minutes(1);
  expect(fixture.takeOutcomes()).toMatchObject([
    { summary: expect.stringContaining("deactivated") },
    { status: "NO_CHANGE" },
  ]);
});

function addressOf({ serviceGroupId, serviceId }: { serviceGroupId: number; serviceId: number }) {
  return { accountId: "123456", serviceGroupId, serviceId };
}
