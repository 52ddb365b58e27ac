import fc from "fast-check";
import { afterEach, beforeAll, expect, test } from "vitest";
import { activationKey } from "../../../shared/records/account/activation.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { runs } from "../../support/runs.ts";
import { accountId, arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
// What a first fixture does for all is no part of a test.
beforeAll(async () => (await startFixture()).stop());
afterEach(() => fixture?.stop());

/** A table of which every call takes some turns of the event loop, before and after: sweeps overlap in other orders. */
function slowTable(turns: readonly number[]): StateTable {
  let call = 0;
  const pass = async () => {
    for (let turn = turns[call++ % turns.length] ?? 0; turn > 0; turn -= 1) await Promise.resolve();
  };
  return new Proxy(new MemoryStateTable(), {
    get(table, name) {
      const method = Reflect.get(table, name) as unknown;
      if (typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        await pass();
        const answer: unknown = await Reflect.apply(method, table, args);
        await pass();
        return answer;
      };
    },
  });
}

/** Everything that is told when a sweep finds it, and not again: how it begins. */
async function allThatIsToldOnce(one: Fixture): Promise<void> {
  const { tags, unread } = one;
  unread.push({ region: "us-east-1", account: "000000000000", roleArn: undefined, because: "AccessDenied: no" });
  tags.push({ alarmArn: arnOf("tagged"), value: `nonsense ${accountId}/1/987654` });
  await one.service("missing", { alarms: [arnOf("none")] }, { isProbed: false });
  await one.service("muted", { alarms: [arnOf("muted")] }, { isProbed: false });
  one.setAlarm("muted", "ALARM", "Down.", "its actions are disabled");
  await one.service("exempt", { alarms: [arnOf("heard")], neverDeactivate: true }, { isProbed: false });
  await one.service("observed", { alarms: [arnOf("heard")], mode: "observe" }, { isProbed: false });
  one.setAlarm("heard", "ALARM", "Down.");
  await one.service("unknown", { alarms: [arnOf("unknown")] }, { isProbed: false });
  one.setAlarm("unknown", "UNKNOWN");
}

const begun = [
  /^CRM\/exempt left active: /,
  /^CRM\/missing is watched less than declared: /,
  /^CRM\/muted left as it is: /,
  /^CRM\/observed would have been deactivated /,
  /^CRM\/unknown cannot be seen: /,
  /^The tag ringcx:services of alarm .*tagged is wrong: /,
  /^The tags of alarms in us-east-1 .*cannot be seen: /,
];
const ended = [
  /^CRM\/observed would have been activated /,
  /^Services with alarms in .*asked and read again/,
  /^The tags of .*read again/,
];

async function allThatEnds(one: Fixture): Promise<void> {
  one.unread.splice(0);
  one.setAlarm("heard", "OK");
  one.setAlarm("unknown", "OK");
}

const told = (one: Fixture) =>
  one
    .takeOutcomes()
    .map(({ summary }) => summary)
    .sort();
const matching = (patterns: readonly RegExp[]) => patterns.map((pattern) => expect.stringMatching(pattern));

test("what is told once is told once, however many sweeps see it at the same moment, and so is its end", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 4 }),
      fc.array(fc.nat(12), { minLength: 7, maxLength: 7 }),
      async (sweeps, turns) => {
        const one = await startFixture({}, { table: slowTable(turns) });
        fixture = one;
        const overlapping = async (...minutes: number[]) => {
          for (const later of minutes) {
            await one.clock.sleep(later * 60_000);
            await Promise.all(Array.from({ length: sweeps }, () => one.sweep()));
          }
        };
        await allThatIsToldOnce(one);
        await overlapping(1, 1);
        expect(told(one)).toEqual(matching(begun));
        await allThatEnds(one);
        await overlapping(5, 5, 1);
        expect(told(one)).toEqual(matching(ended));
        await one.stop();
      },
    ),
    { numRuns: runs(2), endOnFailure: true },
  );
});

test("what could not be published is told by a later sweep", async () => {
  const one = await startFixture();
  fixture = one;
  await allThatIsToldOnce(one);
  const { outcomes } = one.dependencies;
  one.dependencies.outcomes = { publish: () => Promise.reject(new Error("SNS")) };
  await one.minutes(1);
  one.dependencies.outcomes = outcomes;
  await one.minutes(1);
  expect(told(one)).toEqual(matching(begun));
});

test("one that died while it told is followed by one that tells", async () => {
  const one = await startFixture();
  fixture = one;
  await allThatIsToldOnce(one);
  const { outcomes } = one.dependencies;
  // It never comes back, as from a process that is gone.
  const { promise: isTelling, resolve } = Promise.withResolvers<void>();
  one.dependencies.outcomes = {
    publish: () => {
      resolve();
      return new Promise(() => {});
    },
  };
  void one.sweep();
  await isTelling;
  one.dependencies.outcomes = outcomes;
  await one.minutes(3);
  expect(told(one)).toEqual(matching(begun));
});

test("an item that says who tells, and cannot be read, keeps nobody from telling or acting", async () => {
  const one = await startFixture();
  fixture = one;
  const alarms = [arnOf("none"), arnOf("crm")];
  const service = await one.service("lookup", { alarms }, { isProbed: false });
  const { pk, sk } = activationKey(service.name);
  await one.table.put({ pk, sk: `TELLING#${sk}`, until: "never" });
  one.setAlarm("crm", "ALARM", "Down.");
  expect((await one.sweep()).errors).toEqual([]);
  expect(service.isActive()).toBe(false);
  expect(told(one)).toEqual([expect.stringMatching(/deactivated/), expect.stringMatching(/watched less/)]);
});
