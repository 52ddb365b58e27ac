import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { publishableData } from "../../../../shared/outcomes/publishable.ts";
import { publishableText } from "../../../../shared/primitives/publishable-text.ts";
import { arnOf, type Fixture, startFixture } from "../fixture.ts";

let fixture: Fixture;
beforeAll(async () => (await startFixture()).stop());
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

// RingCX's names are text that people typed there: no contract of ours has read them.
test.each([
  ["control characters", "look\u0000up\u001b[31m\ufffe"],
  ["ten thousand characters", "x".repeat(10_000)],
  ["ten thousand characters of another script", "電".repeat(10_000)],
  ["a name that JavaScript knows", "__proto__"],
  ["slashes and percents", "a/b%2Fc"],
])("a tagged service goes out, comes back and is told, whatever its name is: %s", async (_what, name) => {
  const service = await fixture.undeclared(name);
  fixture.tags.push({ alarmArn: arnOf("crm"), value: service.ids });
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(5);
  for (let outage = 0; outage < 2; outage += 1) {
    fixture.setAlarm("crm", "ALARM", "Down.");
    await fixture.events("crm");
    expect(service.isActive()).toBe(false);
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(7);
    expect(service.isActive()).toBe(true);
  }
  const told = fixture.takeOutcomes().map(publishableData);
  expect(told).toHaveLength(4);
  // Subscribers drop what they have seen: each outage has its own id.
  expect(new Set(told.map(({ cause }) => cause.id)).size).toBe(4);
  for (const { summary, resources, cause } of told) {
    for (const text of [summary, cause.id, resources?.[0]?.name ?? ""]) expect(publishableText(text)).toBe(text);
  }
});

test("a tag that is wrong beside such names is told with them, short and clean", async () => {
  await fixture.service("look\u0000up ".repeat(1_000));
  fixture.tags.push({ alarmArn: arnOf("crm"), value: "lookup" });
  await fixture.minutes(5);
  const [told] = fixture.takeOutcomes();
  const hint = told?.problems?.[0]?.hint ?? "";
  expect(hint).toMatch(/not names.*CRM\/look\ufffdup/);
  expect(hint.length).toBeLessThan(1_000);
});
