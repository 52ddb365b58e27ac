import { nothing, quotaClaim, type Usage } from "./cost-meter.ts";
import type { MonthOfWork } from "./resource-costs.ts";

/** Minutes of a month. */
export const minutes = 43_800;

/** An outcome in the table, for its 30 days. */
const bytesOfOutcome = 2_048;

/** What one time asks of AWS, how often it happens in a month, and how many seconds it takes. */
export type Happened = readonly [usage: Usage, times: number, seconds: number];

/** What happens in a month, all together. @param tableBytes size of the table without outcomes */
export function monthOf(happened: readonly Happened[], tableBytes: number): MonthOfWork {
  const sum = (value: (each: Usage, secondsOfOne: number) => number) =>
    happened.reduce((total, [usage, times, secondsOfOne]) => total + times * value(usage, secondsOfOne), 0);
  const outcomes = sum((usage) => usage.outcomes);
  return {
    runs: sum(() => 1),
    seconds: sum((_, secondsOfOne) => secondsOfOne),
    readUnits: sum(({ readUnits, ringcxRequests }) => readUnits + ringcxRequests * quotaClaim.readUnits),
    writeUnits: sum(({ writeUnits, ringcxRequests }) => writeUnits + ringcxRequests * quotaClaim.writeUnits),
    tableGb: (tableBytes + outcomes * bytesOfOutcome) / 1e9,
    describeAlarms: sum((usage) => usage.describeAlarms),
    secretCalls: sum((usage) => usage.secretCalls),
    outcomes,
    sweeps: minutes,
  };
}

/** One usage and so many of another; never less than nothing. */
export function combined(a: Usage, b: Usage, times: number): Usage {
  const keys = Object.keys(nothing) as (keyof Usage)[];
  return Object.fromEntries(keys.map((key) => [key, Math.max(0, a[key] + times * b[key])])) as unknown as Usage;
}
