import { expect, test } from "vitest";
import { isChosen, isLongRun } from "../support/runs.ts";
import { come, jobs } from "./system/crash-matrix.ts";

/** A usual run does one job of each function, and lets it die here and there. */
const usual = ["changed resources", "deactivate", "rotation by an issuer"];
const tried = Object.entries(jobs).filter(([name]) => isLongRun || usual.includes(name));

test.for(tried)(
  "%s comes to the same, and is told the same, at whichever call the process dies",
  { timeout: 3_600_000 },
  async ([name, job]) => {
    const undisturbed = await come(job);
    expect(undisturbed.calls).toBeGreaterThan(5);
    const oneIn = Math.min(83, Math.ceil(undisturbed.calls / 2));
    for (let at = 1; at <= undisturbed.calls; at += 1) {
      for (const how of ["crash before", "crash after"] as const) {
        if (!isChosen(at, oneIn, how === "crash before" ? 0 : Math.ceil(oneIn / 2))) continue;
        const { picture } = await come(job, { at, how });
        expect({ name, at, how, ...picture }).toEqual({ name, at, how, ...undisturbed.picture });
      }
    }
  },
);
