import { expect, test } from "vitest";
import { rejectionOutcome } from "../../../shared/outcomes/rejection.ts";

const cause = { source: "/crm", id: "42", type: "ringcx.apply.v1" };
const problem = { path: "data.accountId", message: "expected a string of digits", hint: "such as 123456" };

test("a rejection says its first problem and counts the others, which the outcome lists", () => {
  const other = { path: "time", message: "is in the future" };
  expect(rejectionOutcome([problem, other], { cause, accountId: "123456" })).toEqual({
    status: "REJECTED",
    summary: "Rejected: data.accountId: expected a string of digits (and 1 more).",
    accountId: "123456",
    cause,
    problems: [problem, other],
  });
});

test("a problem of the whole message has no path, a message that names no account has none", () => {
  const outcome = rejectionOutcome([{ path: "", message: "it is not JSON" }], { cause });
  expect(outcome).toMatchObject({ summary: "Rejected: it is not JSON." });
  expect(outcome).not.toHaveProperty("accountId");
});
