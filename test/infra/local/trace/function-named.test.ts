import { expect, test } from "vitest";
import { functionNamed, functionNames } from "../../../../infra/local/trace/function-named.ts";
import { resourcesOf, synthesized } from "../../synthesized.ts";

test("the functions that a stack trace may come from are those of the template", () => {
  const ids = resourcesOf(synthesized(), "AWS::Lambda::Function").map(([id]) => id);
  expect(ids).toHaveLength(functionNames.length);
  expect(ids.map((id) => functionNames.filter((name) => id.slice(0, -8).endsWith(name)).length)).toEqual(
    ids.map(() => 1),
  );
});

test.each([
  ["FailOver", "FailOverServices"],
  ["RotateSecret", "RotateSecret"],
  ["ringcx-automation-FailoverFailOverServices1A2B3C4D-xyz", "FailOverServices"],
])("%s is %s", (name, meant) => expect(functionNamed(name)).toBe(meant));

test.each([
  ["Nope", "none"],
  ["", "none"],
  ["Rotate", "several"],
])("%j is %s of them", (name, words) => {
  expect(() => functionNamed(name)).toThrow(`"${name}" is ${words} of AcceptMessages, `);
});
