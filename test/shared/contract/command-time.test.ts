import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commandTimeProblems, longestHoldMs, mostAheadMs } from "../../../shared/contract/door/command-time.ts";

const now = Date.UTC(2026, 0, 5, 9);
const at = (ms: number) => new Date(now + ms).toISOString();
const paths = (time: string, until?: string) =>
  commandTimeProblems({ time, data: { until } }, now).map(({ path }) => path);

describe("the times of a command", () => {
  test.each<[string, string, string | undefined, string[]]>([
    ["ordered now", at(0), undefined, []],
    ["ordered by a clock that is five minutes ahead", at(mostAheadMs), undefined, []],
    ["ordered by one that is a millisecond more ahead", at(mostAheadMs + 1), undefined, ["time"]],
    ["ordered in another century", "2999-01-01T00:00:00Z", undefined, ["time"]],
    ["ordered long ago", "2020-01-01T00:00:00Z", undefined, []],
    ["ordered now, written elsewhere", "2026-01-05T14:30:00+05:30", undefined, []],
    ["ordered with the wrong offset", "2026-01-05T09:00:00-08:00", undefined, ["time"]],
    ["until a moment to come", at(0), at(1), []],
    ["until now", at(0), at(0), ["data.until"]],
    ["until a moment that is over", at(0), at(-60_000), ["data.until"]],
    ["until a moment that is over elsewhere", at(0), "2026-01-05T10:00:00+02:00", ["data.until"]],
    ["until a year from now", at(0), at(longestHoldMs), []],
    ["until a millisecond more than a year from now", at(0), at(longestHoldMs + 1), ["data.until"]],
    ["until another century", at(0), "2300-01-01T00:00:00Z", ["data.until"]],
    ["both wrong", at(86_400_000), at(-1), ["time", "data.until"]],
    ["times that are none", "soon", "later", ["time", "data.until"]],
  ])("%s", (_what, time, until, expected) => {
    expect(paths(time, until)).toEqual(expected);
  });

  test("say what time it is here, and how to mend it", () => {
    expect(commandTimeProblems({ time: "2999-01-01T00:00:00Z", data: {} }, now)).toEqual([
      {
        path: "time",
        message: "is more than 5 minutes ahead: it is 2026-01-05T09:00:00.000Z now",
        hint: expect.stringContaining("sender's clock"),
      },
    ]);
  });

  test("say how far ahead an end may be", () => {
    const problems = commandTimeProblems({ time: at(0), data: { until: "2300-01-01T00:00:00Z" } }, now);
    expect(problems).toEqual([
      {
        path: "data.until",
        message: "is more than 1830 days ahead: it is 2026-01-05T09:00:00.000Z now",
        hint: expect.stringContaining("earlier end"),
      },
    ]);
  });

  test("what is refused for its time is accepted once that has come, and what has ended stays refused", () => {
    const instant = fc.integer({ min: -1e10, max: 1e10 });
    fc.assert(
      fc.property(instant, instant, fc.nat(1e10), (time, until, later) => {
        const command = { time: at(time), data: { until: at(until) } };
        const before = commandTimeProblems(command, now).map(({ path }) => path);
        const after = commandTimeProblems(command, now + later).map(({ path }) => path);
        expect(commandTimeProblems(command, now + time).map(({ path }) => path)).not.toContain("time");
        if (!before.includes("time")) expect(after).not.toContain("time");
        if (before.includes("data.until")) expect(after).toContain("data.until");
      }),
    );
  });
});
