import fc from "fast-check";
import { runs } from "../support/runs.ts";

// For every property that says no number of its own.
fc.configureGlobal({ numRuns: runs(100) });
