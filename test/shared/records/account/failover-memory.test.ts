import { expect, test } from "vitest";
import {
  commandMemoryOf,
  type FailoverMemory,
  failoverAttributes,
  failoverMemoryOf,
} from "../../../../shared/records/account/failover-memory.ts";

const at = "2030-01-01T12:00:00.000Z";
const outage = { kind: "OUTAGE" as const, since: at, alarms: ["a"], confirmedByProbe: false };
const told = {
  status: "FAILED" as const,
  summary: "Down.",
  cause: { source: "/s", id: "1", type: "t" },
  details: { correlationId: "e" },
};
const notes = { exempt: { since: at, outcome: told, isGuard: true as const } };
const memory: Required<FailoverMemory> = {
  healthySince: at,
  probePassingSince: at,
  pausedSince: at,
  consecutivePasses: 2,
  consecutiveFailures: 1,
  probedAt: at,
  trial: { since: at, until: at },
  failedTrials: 3,
  recentOutages: [at],
  suppressed: outage,
  exemptSince: at,
  requiresCommand: true,
  endsInMode: "off",
  missingAlarms: ["b"],
  notes,
  mutedAlarms: ["c"],
  seenActive: { after: "4", isTold: true },
  observedOutage: outage,
  observedSuppressed: outage,
};
const command = { commandTime: at, commandId: "/ops/1" };
const stored = {
  wellSince: at,
  provenSince: at,
  pausedSince: at,
  passes: 2,
  failures: 1,
  probedAt: at,
  trial: { since: at, until: at },
  failedTrials: 3,
  openings: [at],
  heldBack: outage,
  spared: at,
  waitsForCommand: true,
  endsInMode: "off",
  missingAlarms: ["b"],
  notes,
  mutedAlarms: ["c"],
  seenActive: { after: "4", isTold: true },
  observedOutage: outage,
  observedSuppressed: outage,
};

test("what is remembered is stored under the names that it always had", () => {
  expect(failoverAttributes({ memory, command })).toEqual({ watch: stored, ...command });
  expect(failoverMemoryOf({ writerAttributes: { watch: stored } })).toEqual(memory);
  expect(commandMemoryOf({ writerAttributes: { ...command } })).toEqual(command);
});

test("a memory that is left out stays as it is", () => {
  expect(failoverAttributes({ command })).toEqual(command);
});

test.each([
  ["nothing", undefined],
  ["no object", "wellSince"],
])("a memory that cannot be read is empty: %s", (_, watch) => {
  expect(failoverMemoryOf({ writerAttributes: { watch } })).toEqual({});
});

test("an attribute that cannot be read takes no other with it", () => {
  const { consecutivePasses: _, ...others } = memory;
  expect(failoverMemoryOf({ writerAttributes: { watch: { ...stored, passes: "two" } } })).toEqual(others);
});

test("the last command is known by its time alone, as it was stored before its id was, and there may be none", () => {
  expect(commandMemoryOf({ writerAttributes: { commandTime: at } })).toEqual({ commandTime: at });
  expect(commandMemoryOf({ writerAttributes: { commandTime: at, commandId: 1 } })).toEqual({ commandTime: at });
  expect(commandMemoryOf({ writerAttributes: {} })).toBeUndefined();
});
