import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readServices } from "../../../cli/read/services.ts";
import { serviceState } from "../../../cli/view/service-state.ts";
import { runs } from "../../support/runs.ts";
import { type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

async function shown(serviceDescription: string) {
  const { services } = await readServices(fixture.table, "123456");
  const known = services.find(({ name }) => name.serviceDescription === serviceDescription);
  if (!known) throw new Error(`${serviceDescription} is not known`);
  return serviceState(known, fixture.clock.now());
}

test("what a person activates against a command is shown as it is, with the reason and what ends it", async () => {
  const service = await fixture.service("lookup");
  await fixture.command("deactivate", "lookup");
  await service.setByHand(true);
  await fixture.minutes(2);
  expect(await shown("lookup")).toMatchObject({
    state: "active",
    reasons: [{ why: "kept inactive by ada: test", ends: "nothing but a command", command: "release CRM/lookup" }],
    holds: [
      'left active: it was activated in the admin page, although kept inactive by ada: test (deactivate CRM/lookup --why "REASON" takes it out again)',
    ],
    needsPerson: [],
  });
  fixture.takeOutcomes();

  await fixture.command("override", "lookup");
  expect(service.isActive()).toBe(true);
  expect(fixture.takeOutcomes().map(({ summary }) => summary)).toEqual([
    "CRM/lookup stays active: override by ada: test; a person has activated it in the admin page, and it is left so, although kept " +
      "inactive by ada: test. It is taken out again by the command deactivate.",
  ]);

  await fixture.command("deactivate", "lookup");
  expect(service.isActive()).toBe(false);
  expect(await shown("lookup")).toMatchObject({ state: "inactive" });
});

test("release of what a person has activated already is no change in RingCX", async () => {
  const service = await fixture.service("lookup");
  await fixture.command("deactivate", "lookup");
  await service.setByHand(true);
  await fixture.minutes(2);
  fixture.takeRequests();
  fixture.takeOutcomes();
  await fixture.command("release", "lookup");
  expect(fixture.takeRequests()).toEqual(["getHttpService"]);
  expect(fixture.takeOutcomes()).toMatchObject([
    { status: "NO_CHANGE", summary: expect.stringMatching(/stays active/) },
  ]);
  expect(await shown("lookup")).toMatchObject({ state: "active", reasons: [], holds: [] });
});

const steps = ["activate", "deactivate", "release", "override", "hands-off", "keep-inactive", "on", "off"] as const;

test("whatever people order and click, the state that is shown is what RingCX has, two sweeps later", async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 6 }), async (taken) => {
      count += 1;
      const name = `lookup ${count}`;
      const service = await fixture.service(name);
      await fixture.minutes(1);
      for (const step of taken) {
        if (step === "on" || step === "off") await service.setByHand(step === "on");
        else await fixture.command(step, name, step === "keep-inactive" ? { until: inTenMinutes() } : {});
        await fixture.minutes(2);
        const { state, needsPerson } = await shown(name);
        expect([step, state]).toEqual([step, service.isActive() ? "active" : "inactive"]);
        expect(needsPerson).toEqual([]);
      }
    }),
    {
      numRuns: runs(8),
      examples: [[["deactivate", "on", "hands-off", "release"]], [["keep-inactive", "on", "off", "on"]]],
    },
  );
});

function inTenMinutes(): string {
  return new Date(fixture.clock.now() + 600_000).toISOString();
}
