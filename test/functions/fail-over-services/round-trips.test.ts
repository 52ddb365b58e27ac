import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { RingCxSimulator } from "../../../infra/local/ringcx-simulator/server.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { Redacted } from "../../../shared/primitives/redacted.ts";
import { createQuota } from "../../../shared/ringcx/quota/quota.ts";
import { createSession, type Session } from "../../../shared/ringcx/session/session.ts";
import { sessionKey, toItem } from "../../../shared/ringcx/session/session-item.ts";
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
  "from the event to the PUT of a cold process: four round trips to AWS in sequence, and no read of RingCX (%s)",
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
    let startCold = () => {};
    const session = ({ accessToken }: RingCxSimulator, clock: Clock): Session => {
      const token = new Redacted(accessToken);
      const pair = { accessToken: token, refreshToken: token, expiresAt: clock.now() + 300_000 };
      void inner.put({ ...sessionKey("main"), ...toItem({ pair, leaseUntil: 0, exchanges: [] }) });
      const login = { exchange: neverCalled, refresh: neverCalled };
      const cold = () => createSession({ connection: "main", table, login, clock, random: () => 0.5 });
      let current = cold();
      startCold = () => {
        current = cold();
      };
      return {
        accessToken: () => current.accessToken(),
        prepare: () => current.prepare(),
        renew: (refused) => current.renew(refused),
      };
    };
    const fixture = await startFixture({}, { table, quota, session });
    fixture.dependencies.readAlarmStates = trips.counted("DescribeAlarms", fixture.dependencies.readAlarmStates);
    const service = await fixture.service("lookup", { alarms: [arnOf("crm")] }, { isProbed });
    fixture.setAlarm("crm", "ALARM");
    let untilThePut: readonly string[][] = [];
    const { publish } = fixture.dependencies.outcomes;
    fixture.dependencies.outcomes.publish = (data) => {
      untilThePut = [...trips.names];
      return publish(data);
    };

    startCold();
    trips.names.length = 0;
    await fixture.events("crm");

    expect(service.isActive()).toBe(false);
    expect(fixture.takeRequests()).toEqual(["setHttpServiceIsActive"]);
    expect(untilThePut).toEqual([
      ["query"], // which services depend on the alarm
      // how the alarm is now; what is declared, tagged and recorded; who went out lately; whether RingCX fails for the
      // account; the token and the quota
      ["DescribeAlarms", "get", "get", "get", "get", "get", "get", "get"],
      ["put", "put"], // the reason, and a place within the blast radius
      ["put"], // the quota
    ]);
    // CloudWatch is asked for mute rules beside the alarms.
    const counts = `| 0 | ${untilThePut.flat().length + 1} | ${untilThePut.length} |`;
    expect(inThePage("ours, a session in the table")).toContain(counts);
    await fixture.stop();
  },
);

async function neverCalled(): Promise<never> {
  throw new Error("a login, though there is a token");
}

/** The row of docs/benchmarks.md. */
function inThePage(label: string): string | undefined {
  return readFileSync("docs/benchmarks.md", "utf8")
    .split("\n")
    .find((line) => line.startsWith(`| ${label} |`));
}
