import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { blastRadiusFromItem, blastRadiusKey } from "../../../shared/records/account/blast-radius.ts";
import { failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { oldestReadMs } from "../../../shared/ringcx/client/unshown.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { CrashPoint } from "../../support/crash.ts";
import { accountId, arnOf, type Fixture, invocationMs, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const alarms = [arnOf("crm")];
const put = "setHttpServiceIsActive";
const match = { operation: put };
const words = /^CRM\/lookup deactivated: The health check failed\. It comes back when no alarm fires/;

/** Outcomes that say that the service was changed, each under its id once. */
function changes() {
  const all = fixture.outcomes.filter(({ status }) => status === "SUCCEEDED");
  return [...new Map(all.map((one) => [`${one.cause.source}/${one.cause.id}`, one.summary])).values()];
}

async function outage() {
  const service = await fixture.service("lookup", { alarms });
  fixture.setAlarm("crm", "ALARM", "The health check failed.");
  return service;
}

describe("RingCX fails for a moment", () => {
  test.each([
    ["503, ten times", { kind: "status", status: 503, times: 10, match }],
    ["429 with Retry-After", { kind: "status", status: 429, times: 3, match }],
    ["the answer is lost, ten times", { kind: "lost-answer", times: 10, match }],
  ] as const)("%s: the same invocation goes on, with the alarm's words", async (_, fault) => {
    const service = await outage();
    fixture.simulator.faults.add(fault);
    expect(await fixture.events("crm")).toEqual({ batchItemFailures: [] });
    expect(service.isActive()).toBe(false);
    expect(changes()).toEqual([expect.stringMatching(words)]);
  });

  test("for the whole invocation: its event comes again within seconds, and is acted upon at once, with its own words", async () => {
    const service = await outage();
    fixture.simulator.faults.add({ kind: "status", status: 503, times: "always", match });
    expect((await fixture.events("crm")).batchItemFailures).toHaveLength(1);
    expect(fixture.hidden).toEqual([10]); // its second delivery
    fixture.simulator.faults.clear();
    expect(await fixture.events("crm")).toEqual({ batchItemFailures: [] });
    expect(service.isActive()).toBe(false);
    expect(changes()).toEqual([expect.stringMatching(words)]);
  });

  test("for the whole invocation of a command: it fails by the deadline, comes again within seconds, and is carried out", async () => {
    const service = await fixture.service("lookup");
    const startedAt = fixture.clock.now();
    const command = {
      ...{ specversion: "1.0", id: "1", source: "/ops", type: "ringcx.command.v1" },
      time: new Date(startedAt).toISOString(),
      data: {
        ...{ command: "deactivate", by: "ada", why: "test" },
        ...{ accountId, groupName: "CRM", serviceDescription: "lookup" },
      },
    };
    fixture.simulator.faults.add({ kind: "status", status: 503, times: "always", match });
    expect((await fixture.commands(command)).batchItemFailures).toHaveLength(1);
    expect(fixture.clock.now() - startedAt).toBeLessThanOrEqual(invocationMs);
    expect(fixture.hidden).toEqual([10]); // its second delivery
    expect(fixture.takeOutcomes()).toEqual([]);
    fixture.simulator.faults.clear();
    expect(await fixture.commands(command)).toEqual({ batchItemFailures: [] });
    expect(service.isActive()).toBe(false);
    expect(fixture.takeOutcomes()[0]).toMatchObject({ status: "SUCCEEDED", cause: { id: "1" } });
  });

  test("the sweep goes on with it at once, too", async () => {
    const service = await outage();
    fixture.simulator.faults.add({ kind: "status", status: 503, times: "always", match });
    await fixture.events("crm");
    fixture.simulator.faults.clear();
    await fixture.sweep();
    expect(service.isActive()).toBe(false);
    expect(changes()).toEqual([expect.stringMatching(words)]);
  });

  test("and the outage is over before it was carried out: nothing is done, and that is told once", async () => {
    const service = await outage();
    await fixture.clock.sleep(16 * 60_000);
    fixture.simulator.faults.add({ kind: "status", status: 503, times: "always", match });
    await fixture.events("crm");
    const places = async () => blastRadiusFromItem(await fixture.table.get(blastRadiusKey(accountId))).places;
    expect(Object.keys(await places())).toHaveLength(1);
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(8).catch(() => {});
    fixture.simulator.faults.clear();
    await fixture.minutes(2);
    expect(service.isActive()).toBe(true);
    expect(changes()).toEqual([]);
    expect(await places()).toEqual({});
    expect(failoverMemoryOf(await fixture.dependencies.activation.get(service.name)).recentOutages).toBeUndefined();
    const told = fixture.outcomes.filter(({ status }) => status === "SUPERSEDED").map(({ summary }) => summary);
    expect(told).toEqual([
      expect.stringMatching(
        /^CRM\/lookup left active: The health check failed; not carried out, because RingCX had not done it when this came after it: no alarm fires/,
      ),
    ]);
  });

  test("and a command is released before it was carried out: it says so under its own id", async () => {
    const service = await fixture.service("lookup");
    fixture.simulator.faults.add({ kind: "status", status: 503, times: "always", match });
    await fixture.command("deactivate", "lookup");
    fixture.simulator.faults.clear();
    // Sooner what RingCX shows may be older than the attempt.
    await fixture.clock.sleep(oldestReadMs);
    await fixture.command("release", "lookup");
    expect(service.isActive()).toBe(true);
    expect(fixture.takeOutcomes()).toMatchObject([
      { status: "SUPERSEDED", cause: { id: "c1" }, summary: expect.stringContaining("not carried out") },
      { status: "NO_CHANGE", cause: { id: "c3" } },
    ]);
  });

  test("and it is released before a read can tell whether it was carried out: RingCX is told all the same", async () => {
    const service = await fixture.service("lookup");
    fixture.simulator.faults.add({ kind: "status", status: 503, times: "always", match });
    await fixture.command("deactivate", "lookup");
    fixture.simulator.faults.clear();
    fixture.takeRequests();
    await fixture.command("release", "lookup");
    expect(fixture.takeRequests()).toContain(put);
    expect(service.isActive()).toBe(true);
    expect(fixture.takeOutcomes()).toMatchObject([
      { status: "SUPERSEDED", cause: { id: "c1" } },
      { status: "SUCCEEDED", cause: { id: "c3" } },
    ]);
  });
});

test("SNS fails once after the PUT: published once, under its first time, without another PUT", async () => {
  const service = await outage();
  const { publish } = fixture.dependencies.outcomes;
  const times: (string | undefined)[] = [];
  fixture.dependencies.outcomes.publish = (data, time) => {
    times.push(time);
    return times.length === 1 ? Promise.reject(new Error("SNS is unavailable")) : publish(data, time);
  };
  expect((await fixture.events("crm")).batchItemFailures).toHaveLength(1);
  await fixture.clock.sleep(5_000);
  await fixture.events("crm");
  expect(service.isActive()).toBe(false);
  expect(changes()).toEqual([expect.stringMatching(words)]);
  expect(times[0]).toBe(times[1]);
  expect(fixture.takeRequests()).toEqual([put]);
});

describe("the process dies", () => {
  /** Runs with a process that is gone at its n-th access to the table. */
  async function dying(at: number, when: "before" | "after", run: () => Promise<unknown>): Promise<boolean> {
    const point = new CrashPoint(at, when);
    const { table } = fixture.dependencies;
    const names = ["get", "put", "update", "delete", "query"] as const;
    const living = Object.fromEntries(names.map((name) => [name, table[name].bind(table)])) as unknown as StateTable;
    const mortal = point.wrap(living);
    for (const name of names) Object.assign(fixture.table, { [name]: mortal[name] });
    await run().catch(() => {});
    for (const name of names) Reflect.deleteProperty(fixture.table, name);
    return point.calls >= at;
  }

  test.each(["before", "after"] as const)(
    "%s any access to the table: out in the end, published once with its cause, and no person is seen",
    async (when) => {
      for (let at = 1; at < 30; at += 1) {
        await fixture.stop();
        fixture = await startFixture();
        const service = await outage();
        const isReached = await dying(at, when, () => fixture.events("crm"));
        await fixture.minutes(3);
        expect(service.isActive()).toBe(false);
        expect(await service.reasons()).toEqual(["OUTAGE"]);
        expect(changes()).toEqual([expect.stringMatching(words)]);
        fixture.setAlarm("crm", "OK");
        await fixture.minutes(8);
        expect(service.isActive()).toBe(true);
        expect(changes()).toHaveLength(2);
        if (!isReached) return;
      }
    },
  );
});
