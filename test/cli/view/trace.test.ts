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

test("a stack of before has outcomes only, and that is said", () => {
  expect(traceText({ ...trace, lines: [], hasLogs: false }, plain)).toMatch(
    /outcome {2}SUCCEEDED[\s\S]*deploy it anew\.$/,
  );
});
