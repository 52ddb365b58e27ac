import { afterEach, beforeEach, expect, test } from "vitest";
import { readServices } from "../../../cli/read/services.ts";
import { serviceState } from "../../../cli/view/service-state.ts";
import { guardsSchema } from "../../../functions/fail-over-services/settings.ts";
import { isChosen } from "../../support/runs.ts";
import { arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture({
    guards: guardsSchema.parse({ blastRadius: { share: 1 }, flap: { openings: 100 } }),
  });
});
afterEach(() => fixture.stop());

const alarms = [arnOf("crm")];
const commands = ["activate", "deactivate", "keep-inactive", "hands-off", "override", "release"] as const;
const states = ["active", "inactive", "kept", "out"] as const;
const clicks = ["none", "on before", "off before", "on after", "off after"] as const;
type Case = readonly [
  command: (typeof commands)[number],
  state: (typeof states)[number],
  click: (typeof clicks)[number],
];
const cases = commands.flatMap((command) =>
  states.flatMap((state) => clicks.map((click): Case => [command, state, click])),
);

async function shown(name: string): Promise<string> {
  const { services } = await readServices(fixture.table, "123456");
  const known = services.find((one) => one.name.serviceDescription === name);
  if (!known) throw new Error(`${name} is not known`);
  return serviceState(known, fixture.clock.now()).state;
}

/** What the last outcome says that a service is. */
function said(): string | undefined {
  const summary = fixture.takeOutcomes().at(-1)?.summary ?? "";
  const words = /^\S+ (?:stays |is )?(active|inactive|activated|deactivated)\b/.exec(summary)?.[1];
  return words && (words.startsWith("a") ? "active" : "inactive");
}

/** What RingCX is to have after a command that came after a click. */
function expected([command, state, click]: Case): boolean {
  const isClickedOn = click === "on before" || (click !== "off before" && state === "active");
  if (command === "deactivate" || command === "keep-inactive") return false;
  if (command === "activate") return state !== "out" || isClickedOn;
  if (command === "override" && state === "out") return true;
  // It ends what kept it inactive, and the override that a click in an outage is.
  if (command === "release" && (state === "kept" || state === "out")) return state === "kept";
  return isClickedOn;
}

test("whatever was clicked before a command or after it, RingCX, the words and the state that is shown agree", async () => {
  const seen: unknown[] = [];
  const wanted: unknown[] = [];
  for (const [index, one] of cases.entries()) {
    if (!isChosen(index, 4, index % 7)) continue;
    const [command, state, click] = one;
    const name = `lookup-${index}`;
    fixture.setAlarm("crm", "OK");
    const service = await fixture.service(name, { alarms: state === "out" ? alarms : [] });
    await fixture.minutes(1);
    if (state === "inactive") await service.setByHand(false);
    if (state === "kept") await fixture.command("deactivate", name);
    if (state === "out") {
      fixture.setAlarm("crm", "ALARM");
      await fixture.events("crm");
    }
    await fixture.minutes(2);
    if (click.endsWith("before")) await service.setByHand(click === "on before");
    fixture.takeOutcomes();
    const until = new Date(fixture.clock.now() + 3_600_000).toISOString();
    await fixture.command(command, name, command === "keep-inactive" ? { until } : {});
    const has = () => (service.isActive() ? "active" : "inactive");
    const after = [said(), has(), await shown(name)];
    if (click.endsWith("after")) await service.setByHand(click === "on after");
    await fixture.minutes(2);
    seen.push([one, ...after, has(), await shown(name)]);
    const ordered = expected(one) ? "active" : "inactive";
    const last = click === "on after" ? "active" : click === "off after" ? "inactive" : ordered;
    wanted.push([one, ordered, ordered, ordered, last, last]);
    await fixture.table.delete({ pk: "ACCOUNT#123456", sk: `SERVICE#CRM/${name}` });
    await fixture.table.delete({ pk: "ACCOUNT#123456", sk: `ACTIVATION#CRM/${name}` });
    for (const arn of state === "out" ? alarms : []) {
      await fixture.table.delete({ pk: `ALARM#${arn}`, sk: `SERVICE#123456/CRM/${name}` });
    }
  }
  expect(seen.filter((one, index) => JSON.stringify(one) !== JSON.stringify(wanted[index]))).toEqual([]);
});

test.each(["inactive", "kept"] as const)(
  "a service that was %s, and that a person activates, goes out when an alarm fires",
  async (state) => {
    const service = await fixture.service("lookup", { alarms });
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(1);
    if (state === "inactive") await service.setByHand(false);
    else await fixture.command("deactivate", "lookup");
    await fixture.minutes(2);
    await service.setByHand(true);
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    expect(service.isActive()).toBe(false);
    await fixture.minutes(2);
    expect([service.isActive(), await shown("lookup")]).toEqual([false, "inactive"]);
  },
);

test("where RingCX cannot be asked the record is believed, and the click is told by the sweep", async () => {
  const service = await fixture.service("lookup");
  await fixture.minutes(2);
  await service.setByHand(false);
  fixture.simulator.faults.add({
    kind: "status",
    status: 503,
    times: "always",
    match: { operation: "getHttpService" },
  });
  await fixture.command("activate", "lookup");
  expect(service.isActive()).toBe(false);
  fixture.simulator.faults.clear();
  fixture.takeOutcomes();
  await fixture.minutes(2);
  expect(fixture.takeOutcomes().map(({ summary }) => summary)).toEqual([expect.stringContaining("in the admin page")]);
});

test.each(["keep-inactive", "deactivate"] as const)(
  "what %s is to make inactive is not believed to be so where RingCX cannot be asked",
  async (command) => {
    const service = await fixture.service("lookup");
    await fixture.command("deactivate", "lookup");
    await fixture.minutes(2);
    await service.setByHand(true);
    fixture.simulator.faults.add({
      kind: "status",
      status: 503,
      times: "always",
      match: { operation: "getHttpService" },
    });
    const until = new Date(fixture.clock.now() + 3_600_000).toISOString();
    await fixture.command(command, "lookup", command === "keep-inactive" ? { until } : {});
    fixture.simulator.faults.clear();
    expect(service.isActive()).toBe(false);
  },
);

test("the answer of a command that takes out what a person has left active says what brings it back", async () => {
  const service = await fixture.service("lookup");
  await fixture.command("deactivate", "lookup");
  await service.setByHand(true);
  await fixture.minutes(2);
  fixture.takeOutcomes();
  await fixture.command("deactivate", "lookup");
  expect(fixture.takeOutcomes().at(-1)?.summary).toBe(
    "CRM/lookup deactivated: deactivate by ada: test. It comes back by the command release.",
  );
});
