import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isLongRun } from "../support/runs.ts";
import { countRequests } from "./requests.ts";

// Counts and no times: what a job asks of RingCX is throughput, since RingCX takes 120 requests a minute.

test("each job asks as much of RingCX as docs/benchmarks.md says, and no more than the plain flow where nothing changed", async () => {
  // In a usual run without the large messages.
  const counts = await (isLongRun ? countRequests() : countRequests([1]));
  const page = readFileSync("docs/benchmarks.md", "utf8");
  for (const { job, ours, floor, plain } of counts) {
    expect(page).toContain(`| ${job} | ${ours} | ${floor} | ${(ours / floor).toFixed(2)} | ${plain} |`);
    if (job.includes("unchanged")) expect(ours).toBeLessThanOrEqual(plain / 2);
  }
  expect(counts.length).toBeGreaterThan(isLongRun ? 8 : 5);
});
