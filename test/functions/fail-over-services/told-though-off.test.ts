import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const alarms = [arnOf("crm")];
const summaries = () => fixture.takeOutcomes().map(({ summary }) => summary);
const inMinutes = (minutes: number) => new Date(fixture.clock.now() + minutes * 60_000).toISOString();
const time = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;

async function watched() {
  const service = await fixture.service("lookup", { alarms }, { isProbed: false });
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(1);
  return service;
}

async function outage() {
  fixture.setAlarm("crm", "ALARM", "The health check failed.");
  await fixture.events("crm");
}

describe("an outage of a service that is inactive already is told when it begins and when it is over", () => {
  test.each<[string, (service: Awaited<ReturnType<typeof watched>>) => Promise<unknown>, string, string]>([
    [
      "by a click",
      async (service) => {
        await service.setByHand(false);
        await fixture.minutes(1);
      },
      `deactivated in the admin page, seen ${time}`,
      "by the command activate, or in the admin page",
    ],
    [
      "by a command",
      () => fixture.command("deactivate", "lookup"),
      "kept inactive by ada: test",
      "by the command release",
    ],
  ])("%s", async (_, deactivate, holds, ends) => {
    const service = await watched();
    await deactivate(service);
    summaries();
    await outage();
    const [begun, ...others] = summaries();
    expect(others).toEqual([]);
    expect(begun).toMatch(
      new RegExp(
        `^CRM/lookup stays inactive: an outage has begun \\(The health check failed\\), and it was inactive already: ${holds}. ` +
          `It comes back when all have ended: when the outage is over, or now by the command override; ${ends}\\.$`,
      ),
    );
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(8);
    expect(summaries()).toEqual([
      expect.stringMatching(new RegExp(`^CRM/lookup stays inactive: its outage is over .*${ends}\\.$`)),
    ]);
    expect(service.isActive()).toBe(false);
  });
});

describe("a hold ends while something else keeps the service inactive", () => {
  test("an outage: told at that time, with what ends that", async () => {
    const service = await watched();
    await fixture.command("keep-inactive", "lookup", { until: inMinutes(3) });
    await outage();
    summaries();
    await fixture.minutes(4);
    expect(service.isActive()).toBe(false);
    expect(summaries()).toEqual([
      expect.stringMatching(
        new RegExp(
          `^CRM/lookup stays inactive: its time is over \\(kept inactive by ada: test\\), but something else holds it: outage since ${time}\\. ` +
            "It comes back when the outage is over, or now by the command override\\.$",
        ),
      ),
    ]);
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(8);
    expect(service.isActive()).toBe(true);
    expect(summaries()).toEqual([expect.stringMatching(/^CRM\/lookup activated: /)]);
  });

  test("a person's click: told, too", async () => {
    const service = await watched();
    await service.setByHand(false);
    await fixture.minutes(1);
    await fixture.command("keep-inactive", "lookup", { until: inMinutes(3) });
    summaries();
    await fixture.minutes(4);
    expect(service.isActive()).toBe(false);
    expect(summaries()).toEqual([expect.stringMatching(/its time is over .* deactivated in the admin page/)]);
  });

  test("an override that ends without an outage changes nothing for anybody", async () => {
    await watched();
    await fixture.command("override", "lookup", { until: inMinutes(3) });
    summaries();
    await fixture.minutes(4);
    expect(summaries()).toEqual([]);
  });
});
