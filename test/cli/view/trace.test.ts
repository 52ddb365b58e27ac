import { expect, test } from "vitest";
import type { Trace } from "../../../cli/read/trace.ts";
import { plain } from "../../../cli/view/paint.ts";
import { traceText } from "../../../cli/view/trace.ts";

const at = Date.UTC(2030, 0, 1, 9, 0, 0);
const line = (ms: number, record: Record<string, unknown>) => ({
  at: at + ms,
  record: { function_name: "Stack-FailOverServices-x", ...record },
});
const outcome = {
  id: "/crm/m1",
  time: new Date(at).toISOString(),
  data: { status: "SUCCEEDED", summary: "Done.", cause: { source: "/crm", id: "m1", type: "ringcx.apply.v1" } },
};
const trace: Trace = {
  ids: ["m1"],
  sources: ["/crm"],
  hasLogs: true,
  lines: [
    line(5, {
      message: "RingCX request",
      method: "PUT",
      operation: "services.setActive",
      result: 503,
      ms: 7,
      attempt: 2,
    }),
    line(9, { message: "outcome", outcomeId: "/crm/m1" }),
  ],
  outcomes: [outcome],
};

test("an outcome stands where it was told, after what was asked of RingCX for it, and once", () => {
  expect(traceText(trace, plain).split("\n")).toEqual([
    "m1",
    "09:00:00.005  request  PUT services.setActive: 503 in 7 ms, attempt 2 (FailOverServices)",
    "09:00:00.009  outcome  SUCCEEDED: Done. (/crm)",
    "2 log lines, of them 1 request to RingCX; 1 outcome",
  ]);
});

test("outcomes of one id stand each where it was told first: what was redriven has two", () => {
  const told = (ms: number, status: string) => line(ms, { message: "outcome", outcomeId: "/crm/m1", status });
  const ended = (ms: number, status: string) => ({
    ...outcome,
    time: new Date(at + ms).toISOString(),
    data: { ...outcome.data, status },
  });
  const lines = [told(3, "REJECTED"), told(4_003, "SUCCEEDED"), told(5_000, "SUCCEEDED")];
  const outcomes = [ended(1, "REJECTED"), ended(4_001, "SUCCEEDED")];
  expect(
    traceText({ ...trace, lines, outcomes }, plain)
      .split("\n")
      .slice(1, 3),
  ).toEqual(["09:00:00.003  outcome  REJECTED: Done. (/crm)", "09:00:04.003  outcome  SUCCEEDED: Done. (/crm)"]);
});

test("a stack of before has outcomes only, and that is said", () => {
  expect(traceText({ ...trace, lines: [], hasLogs: false }, plain)).toMatch(
    /outcome {2}SUCCEEDED[\s\S]*deploy it anew\.$/,
  );
});
