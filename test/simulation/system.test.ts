import { expect, test } from "vitest";
import type { Happening } from "./system/happenings.ts";
import { historyOf, play, seedsOf } from "./system/run.ts";

test("whatever happens and fails, the whole system settles: what was asked for is so, is told once, and no limit was broken", {
  timeout: 3_600_000,
}, async () => {
  // The others are in system-more.test.ts, so that they run beside these.
  for (const seed of seedsOf("first half")) {
    const { violations } = await play(historyOf(seed), seed);
    expect(violations, `npm run simulate -- --seed ${seed} --trace`).toEqual([]);
  }
});

test("a command that was carried out just before its service was deleted is told once", async () => {
  const service = { account: 0, service: "Send" } as const;
  const found: Happening[] = [
    { do: "alarm", alarm: 1, state: "ALARM" },
    { do: "command", ...service, command: "override", minutes: 10, copies: 1 },
    { do: "retire", ...service, delete: true },
    { do: "alarm", alarm: 0, state: "OK" },
    { do: "burst", account: 0, count: 16 },
  ];
  expect((await play(found, 10_019)).violations).toEqual([]);
});

test("the last of many changes of inputs holds, although RingCX's lists are old", async () => {
  const found: Happening[] = [
    { do: "profile", answers: { "consistency.lists": "stale" } },
    { do: "burst", account: 0, count: 4 },
  ];
  expect((await play(found, 5_339)).violations).toEqual([]);
});

test("an auth config that RingCX has put under another id, which was told as failed, follows no secret", async () => {
  const found: Happening[] = [
    { do: "profile", answers: { "authConfigs.id": "replaced" } },
    { do: "secret", type: "OAUTH" },
  ];
  expect((await play(found, 91)).violations).toEqual([]);
});

test("a service that RingCX makes active, and that is to be inactive, is told as created and no more", async () => {
  const found: Happening[] = [
    { do: "profile", answers: { "services.born": "active" } },
    {
      do: "apply",
      account: 1,
      team: 1,
      services: ["Lookup", "Send"],
      isEnabled: false,
      late: 10,
      dryRun: false,
      copies: 2,
    },
  ];
  expect((await play(found, 31_483)).violations).toEqual([]);
});

test("a seed replays to the millisecond", async () => {
  const [one, other] = [await play(historyOf(5), 5), await play(historyOf(5), 5)];
  // What differs are names that AWS and RingCX make up.
  const timesOf = (trace: readonly string[]) => trace.map((line) => line.slice(0, 24));
  expect(timesOf(other.trace)).toEqual(timesOf(one.trace));
});
