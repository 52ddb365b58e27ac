import { afterEach, expect, test } from "vitest";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

type Service = Awaited<ReturnType<Fixture["service"]>>;
/** How a service was switched by us a moment ago, and what asks for the opposite then. */
interface Switch {
  first(one: Fixture): Promise<unknown>;
  second(one: Fixture): Promise<unknown>;
  isActive: boolean;
}

const inSeconds = (one: Fixture, seconds: number) => new Date(one.clock.now() + seconds * 1_000).toISOString();
const alarm = async (one: Fixture, state: "ALARM" | "OK") => {
  one.setAlarm("down", state);
  await one.events("down");
};

const switches: Readonly<Record<string, Switch>> = {
  "deactivate after activate": {
    first: async (one) => {
      await one.command("deactivate", "lookup");
      await one.clock.sleep(60_000);
      await one.command("activate", "lookup");
    },
    second: (one) => one.command("deactivate", "lookup"),
    isActive: false,
  },
  "keep-inactive after release": {
    first: async (one) => {
      await one.command("deactivate", "lookup");
      await one.clock.sleep(60_000);
      await one.command("release", "lookup");
    },
    second: (one) => one.command("keep-inactive", "lookup", { until: inSeconds(one, 3_000) }),
    isActive: false,
  },
  "release after deactivate": {
    first: (one) => one.command("deactivate", "lookup"),
    second: (one) => one.command("release", "lookup"),
    isActive: true,
  },
  "activate after deactivate": {
    first: (one) => one.command("deactivate", "lookup"),
    second: (one) => one.command("activate", "lookup"),
    isActive: true,
  },
  "an override after an outage": {
    first: (one) => alarm(one, "ALARM"),
    second: (one) => one.command("override", "lookup"),
    isActive: true,
  },
  "the end of a hold": {
    first: (one) => one.command("keep-inactive", "lookup", { until: inSeconds(one, 3) }),
    second: async (one) => {
      await one.clock.sleep(3_000);
      await one.sweep();
    },
    isActive: true,
  },
  "an outage after an activation": {
    first: async (one) => {
      await one.command("deactivate", "lookup");
      await one.clock.sleep(60_000);
      await one.command("release", "lookup");
    },
    second: (one) => alarm(one, "ALARM"),
    isActive: false,
  },
};

const put = { operation: "setHttpServiceIsActive" } as const;
const failures = {
  "cut before its effect": (one: Fixture) => one.simulator.faults.add({ kind: "drop", times: 1, match: put }),
  "cut after its effect": (one: Fixture) => one.simulator.faults.add({ kind: "lost-answer", times: 1, match: put }),
  "refused once with 409": (one: Fixture) =>
    one.simulator.faults.add({ kind: "status", status: 409, times: 1, match: put }),
  "not answered for long": (one: Fixture) => one.simulator.faults.add({ kind: "drop", times: 12, match: put }),
};

const profiles: Readonly<Record<string, Partial<Profile>>> = {
  "stale reads": { "consistency.single": "stale", "consistency.lists": "stale" },
  "and 409 for what is so already": {
    "consistency.single": "stale",
    "services.setActiveAnswer": "conflictWhenSame",
  },
};

const cases = Object.keys(switches).flatMap((name) =>
  Object.keys(failures).flatMap((failure) => Object.keys(profiles).map((profile) => [name, failure, profile] as const)),
);

/** No read may confirm a write of ours that is older than the one before it: it shows what was before that. */
test.each(cases)(
  "%s, %s, %s: RingCX has what was asked for, and no person is blamed",
  async (name, failure, profile) => {
    const one = await startFixture({ recoverAfterSeconds: 0 }, { profile: profiles[profile] ?? {} });
    fixture = one;
    const service: Service = await one.service("lookup", { alarms: [arnOf("down")] });
    one.setAlarm("down", "OK");
    await one.minutes(2);
    const { first, second, isActive } = switches[name] as Switch;
    await first(one);
    expect(service.isActive()).toBe(!isActive);
    one.takeOutcomes();
    failures[failure as keyof typeof failures](one);
    await one.clock.sleep(800);
    await second(one);
    // Nobody is told that it is done before it is.
    if (one.takeOutcomes().some(({ status }) => status === "SUCCEEDED")) expect(service.isActive()).toBe(isActive);
    for (let minute = 0; minute < 3; minute += 1) {
      await one.minutes(1);
      expect(JSON.stringify(one.takeOutcomes())).not.toContain("admin page");
    }
    expect(service.isActive()).toBe(isActive);
  },
);
