import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isLongRun } from "./runs.ts";

const runsWith = (environment: Record<string, string>) =>
  spawnSync(
    process.execPath,
    ["--input-type=module", "-e", 'import { runs } from "./test/support/runs.ts"; console.log(runs(7))'],
    {
      encoding: "utf8",
      env: environment,
    },
  ).stdout.trim();

test("a property runs as often as it says, and in a long run as often as that says", () => {
  expect(runsWith({})).toBe("7");
  expect(runsWith({ RUNS: "10000" })).toBe("10000");
});

test("a usual run tries the same cases each time, a long run others", () => {
  const cases = () => {
    const seen: number[] = [];
    const property = fc.property(fc.nat(), (number) => void seen.push(number));
    fc.assert(property);
    return seen;
  };
  if (isLongRun) expect(cases()).not.toEqual(cases());
  else expect(cases()).toEqual(cases());
});

test("no property keeps a long run from running it more often", () => {
  const own = globSync("test/**/*.test.ts").filter((file) => {
    const text = readFileSync(file, "utf8");
    // A sample that is drawn by its seed is no property.
    return /numRuns: \d/.test(text.replaceAll(/fc\.sample\([^;]*seed: \d+/g, ""));
  });
  expect(own).toEqual([]);
});

test.each(["0", "-1", "many", "1e4"])("npm run test:long refuses --runs %s, and says how it is used", (runs) => {
  const { status, stderr } = spawnSync(process.execPath, ["test/long.ts", `--runs=${runs}`], { encoding: "utf8" });
  expect(status).toBe(64);
  expect(stderr).toMatch(/--runs takes a number from 1 on[\s\S]*npm run test:long -- --runs NUMBER/);
});
