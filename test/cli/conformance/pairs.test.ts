import { describe, expect, test } from "vitest";
import { profileOf } from "../../../cli/conformance/findings/all.ts";
import { mostRequests } from "../../../cli/conformance/plan.ts";
import type { AssumptionName, Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { coveringArray } from "../../matrix/covering-array.ts";
import { isLongRun } from "../../support/runs.ts";
import { startAccount } from "./account.ts";

const rows = isLongRun ? coveringArray() : [];

/** Two answers that look the same from outside: `expires_in` that always says an hour is right where a token lives so long. */
function looksTheSame(name: string, profile: Profile): boolean {
  return name === "tokens.expiresIn" && profile["tokens.life"] === "minutes60";
}

/** Where many things are unusual at once, an answer may hide another: it is then not told, and never told wrongly. */
describe.runIf(isLongRun)("a RingCX that behaves as a profile of the covering array", () => {
  test.for(rows.map((profile, index) => ({ index, profile })))(
    "$index is found again: each answer that is told is right",
    async ({ profile }) => {
      const account = await startAccount(profile);
      try {
        const { findings, exchanges } = await account.run();
        const told = profileOf(findings);
        const wrong = Object.entries(told).filter(
          ([name, answer]) => profile[name as AssumptionName] !== answer && !looksTheSame(name, profile),
        );
        expect(
          wrong.map(([name, answer]) => `${name}: ${answer} instead of ${profile[name as AssumptionName]}`),
        ).toEqual([]);
        expect(Object.keys(told).length).toBeGreaterThan(40);
        expect(exchanges.length).toBeLessThanOrEqual(mostRequests());
      } finally {
        await account.simulator.stop();
      }
    },
  );
});

// A usual run has some single alternatives; the file is not empty then.
test.skipIf(isLongRun)("runs in npm run test:long", () => {
  expect(rows).toEqual([]);
});
