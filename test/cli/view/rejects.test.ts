import { expect, test } from "vitest";
import { howMany } from "../../../cli/view/rejects.ts";

const problem = { path: "data.x", message: "is wrong" };

test.each([
  ["none that could be read", undefined, []],
  ["one, which the reason names", [problem], []],
  ["several", [problem, problem, problem], ["3 problems → rejected show m-1"]],
  [
    "more than found room",
    [problem, problem, { path: "", message: "and 40 more: the outcome lists them" }],
    ["42 problems → rejected show m-1"],
  ],
])("of a reject it is said how many problems it has: %s", (_what, problems, said) => {
  expect(howMany(problems, "m-1")).toEqual(said);
});
