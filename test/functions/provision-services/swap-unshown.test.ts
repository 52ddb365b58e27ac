import { afterEach, expect, test } from "vitest";
import { applyMessage, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

test("names are swapped where a record is older than the write before", async () => {
  const profile = { "consistency.single": "stale", "errors.missing": "forbidden" } as const;
  const started = await startFixture({ simulator: { profile, limit: 10_000 }, random: () => 0.1 });
  fixture = started;
  const named = (serviceDescription: string, path: string, previousName?: string) => {
    const {
      validation: _,
      authConfig: __,
      isEnabled: ___,
      ...plain
    } = service(started.crm, {
      serviceDescription,
      httpServiceConfig: { url: `${started.crm.url}/${path}` },
      ...(previousName !== undefined && { previousName }),
    });
    return plain;
  };
  await started.deliver([
    applyMessage([group, named("M", "1"), named("N", "2")]),
    applyMessage([named("M", "n", "N"), named("N", "n", "M")]),
  ]);
  for (let turn = 0; turn < 60 && (await started.open()).length > 0; turn += 1) {
    started.skip(5_000);
    await started.work();
  }
  const services = started.simulator.state().groups.flatMap((one) => one.services);
  const names = services.toSorted((a, b) => a.serviceId - b.serviceId).map((one) => one.serviceDescription);
  expect([started.outcomes.map(({ status }) => status), names]).toEqual([
    ["SUCCEEDED", "SUCCEEDED"],
    ["N", "M"],
  ]);
});
