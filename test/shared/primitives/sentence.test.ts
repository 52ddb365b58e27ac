import { expect, test } from "vitest";
import { rejectionOutcome } from "../../../shared/outcomes/rejection.ts";
import { sentence } from "../../../shared/primitives/sentence.ts";

test("words that have their end get no other", () => {
  expect(["a", "a.", "a?", "a!"].map(sentence)).toEqual(["a.", "a.", "a?", "a!"]);
});

test("a rejection that ends with a question is one sentence", () => {
  const told = (count: number) =>
    rejectionOutcome(
      Array.from({ length: count }, () => ({ path: "", message: 'there is no "G/x". Did you mean "G9/late"?' })),
      { cause: { source: "/s", id: "1", type: "t" }, accountId: undefined },
    ).summary;
  expect(told(1)).toBe('Rejected: there is no "G/x". Did you mean "G9/late"?');
  expect(told(2)).toMatch(/"G9\/late"\? \(and 1 more\)\.$/);
});
