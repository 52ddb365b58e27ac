import { expect, test } from "vitest";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { createQuota } from "../../../shared/ringcx/quota/quota.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { arnOf, startFixture } from "./fixture.ts";

/**
 * Counts round trips in sequence: calls that are under way together are one. A trip ends when nothing is left to do
 * before one of them answers.
 */
class RoundTrips {
  #waiting: (() => void)[] = [];
  /** What each of them was made of. */
  readonly names: string[][] = [];

  counted<Args extends unknown[], Result>(name: string, call: (...args: Args) => Promise<Result>) {
    return async (...args: Args): Promise<Result> => {
      await new Promise<void>((resolve) => this.#join(name, resolve));
      return call(...args);
    };
  }

  #join(name: string, resolve: () => void): void {
    this.#waiting.push(resolve);
    if (this.#waiting.length > 1) {
      this.names.at(-1)?.push(name);
      return;
    }
    this.names.push([name]);
    setImmediate(() => {
      const together = this.#waiting;
      this.#waiting = [];
      for (const release of together) release();
    });
  }
}

const limit = { limit: 120, windowMs: 60_000, guardMs: 700 };

test.each([
  ["a probe could confirm it", true],
  ["there is no probe", false],
])(
  "from the event to the PUT: five round trips to AWS in sequence, and no read of RingCX (%s)",
  async (_, isProbed) => {
    const trips = new RoundTrips();
    const inner = new MemoryStateTable();
    const table: StateTable = {
      get: trips.counted("get", inner.get.bind(inner)),
      put: trips.counted("put", inner.put.bind(inner)),
      update: trips.counted("update", inner.update.bind(inner)),
      delete: trips.counted("delete", inner.delete.bind(inner)),
      query: trips.counted("query", inner.query.bind(inner)),
    };
    const quota = (clock: Clock) => createQuota({ scope: "test", settings: limit, table, clock, random: () => 0.5 });
    const fixture = await startFixture({}, { table, quota });
    fixture.dependencies.readAlarmStates = trips.counted("DescribeAlarms", fixture.dependencies.readAlarmStates);
    const service = await fixture.service("lookup", { alarms: [arnOf("crm")] }, { isProbed });
    fixture.setAlarm("crm", "ALARM");
    let untilThePut: readonly string[][] = [];
    const { publish } = fixture.dependencies.outcomes;
    fixture.dependencies.outcomes.publish = (data) => {
      untilThePut = [...trips.names];
      return publish(data);
    };

    trips.names.length = 0;
    await fixture.events("crm");

    expect(service.isActive()).toBe(false);
    expect(fixture.takeRequests()).toEqual(["setHttpServiceIsActive"]);
    expect(untilThePut).toEqual([
      ["query"], // which services depend on the alarm
      // how the alarm is now; what is declared, tagged and recorded; who went out lately; whether RingCX fails for the account
      ["DescribeAlarms", "get", "get", "get", "get", "get"],
      ["put", "put"], // the reason, and a place within the blast radius
      ["get"], // the quota
      ["put"],
    ]);
    await fixture.stop();
  },
);
