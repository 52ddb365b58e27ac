import { expect, test } from "vitest";
import {
  type FailoverMemory,
  failoverAttributes,
  failoverMemoryOf,
  lastCommandTimeOf,
} from "../../../../shared/records/account/failover-memory.ts";

const at = "2030-01-01T12:00:00.000Z";
const outage = { kind: "OUTAGE" as const, since: at, alarms: ["a"], confirmedByProbe: false };
const memory: Required<FailoverMemory> = {
  healthySince: at,
  probePassingSince: at,
  consecutivePasses: 2,
  consecutiveFailures: 1,
  trial: { since: at, until: at },
  failedTrials: 3,
  recentOutages: [at],
  suppressed: outage,
  exemptSince: at,
  requiresCommand: true,
  missingAlarms: ["b"],
  observedOutage: outage,
};
const stored = {
  wellSince: at,
  provenSince: at,
  passes: 2,
  failures: 1,
  trial: { since: at, until: at },
  failedTrials: 3,
  openings: [at],
  heldBack: outage,
  spared: at,
  waitsForCommand: true,
  missingAlarms: ["b"],
  observedOutage: outage,
};

test("what is remembered is stored under the names that it always had", () => {
  expect(failoverAttributes({ memory, commandTime: at })).toEqual({ watch: stored, commandTime: at });
  expect(failoverMemoryOf({ writerAttributes: { watch: stored } })).toEqual(memory);
  expect(lastCommandTimeOf({ writerAttributes: { commandTime: at } })).toBe(at);
});

test("a memory that is left out stays as it is", () => {
  expect(failoverAttributes({ commandTime: at })).toEqual({ commandTime: at });
});

test.each([
  ["nothing", undefined],
  ["no object", "wellSince"],
  ["an attribute of another type", { ...stored, passes: "two" }],
])("a memory that cannot be read is empty: %s", (_, watch) => {
  expect(failoverMemoryOf({ writerAttributes: { watch } })).toEqual({});
});
