import fc from "fast-check";
import { isLongRun, runs } from "../support/runs.ts";

// For every property that says no number of its own. A usual run tries the same cases each time: who changes nothing sees
// nothing else fail. A long run seeks others, or those that `SEED` says.
const seed = process.env.SEED === undefined ? undefined : Number(process.env.SEED);
const chosen = seed ?? (isLongRun ? undefined : 1);
fc.configureGlobal({ numRuns: runs(60), ...(chosen !== undefined && { seed: chosen }) });
