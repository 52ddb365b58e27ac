import { afterEach, beforeEach, expect, test } from "vitest";
import { activationKey } from "../../../shared/records/account/activation.ts";
import { arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const alarms = [arnOf("crm")];

/** Two services of one alarm, of which one has an activation record that nobody can read. */
async function twoServices() {
  const broken = await fixture.service("broken", { alarms });
  const healthy = await fixture.service("healthy", { alarms });
  const name = { accountId: "123456", groupName: "CRM", serviceDescription: "broken" };
  await fixture.dependencies.table.update(activationKey(name), { OUTAGE: "not a reason" });
  fixture.setAlarm("crm", "ALARM");
  return { broken, healthy };
}

test("an activation record that cannot be read keeps no other service from going out, and its event comes again", async () => {
  const { broken, healthy } = await twoServices();
  const { batchItemFailures } = await fixture.events("crm");
  expect(batchItemFailures).toHaveLength(1);
  expect(healthy.isActive()).toBe(false);
  expect(broken.isActive()).toBe(true);
});

test("the sweep does all the rest, and names the item that it could not read", async () => {
  const { broken, healthy } = await twoServices();
  const { errors } = await fixture.sweep();
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringMatching(/CRM\/broken.*ACCOUNT#123456.*ACTIVATION#CRM\/broken.*OUTAGE/s),
  ]);
  expect(healthy.isActive()).toBe(false);
  expect(broken.isActive()).toBe(true);
});
