import { expect, it } from "vitest";
import { rejectionOutcome } from "../../../shared/outcomes/rejection.ts";

it.each([
  ["is missing", "Rejected: data.x: is missing."],
  ["A whole sentence.", "Rejected: data.x: A whole sentence."],
])("the summary of a rejection ends with one full stop: %s", (message, summary) => {
  const cause = { source: "/test", id: "1", type: "ringcx.apply.v1" };
  expect(rejectionOutcome([{ path: "data.x", message, hint: "add it" }], { cause, accountId: undefined }).summary).toBe(
    summary,
  );
});
