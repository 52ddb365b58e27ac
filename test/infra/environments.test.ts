import { describe, expect, test } from "vitest";
import { checkedEnvironment, type EnvironmentInput, environmentNamed, environments } from "../../infra/environments.ts";
import { plainEnvironment } from "./synthesized.ts";

test("the examples are complete and right", () => {
  for (const { name } of environments) expect(environmentNamed(name).name).toBe(name);
});

test("an environment that does not exist is answered with those that do", () => {
  expect(() => environmentNamed("staging")).toThrow(/no environment "staging".*Known: test, production/);
});

describe("a wrong setting names itself and what was expected", () => {
  test.each<[string, Partial<EnvironmentInput>, RegExp]>([
    ["no connection", { connections: [] }, /connections: Too small/],
    [
      "account id",
      { connections: [{ name: "a", accountIds: ["x"] }] },
      /connections\.0\.accountIds\.0: an accountId is a string of digits/,
    ],
    ["name", { name: "My Stack" }, /name: expected lower-case letters/],
    ["rate", { rotation: { schedule: "every day" } }, /rotation\.schedule: expected for example "rate\(5 minutes\)"/],
    ["retention", { logRetentionDays: 31 as 30 }, /logRetentionDays: Invalid input/],
    [
      "one account in two connections",
      {
        connections: [
          { name: "a", accountIds: ["1"] },
          { name: "b", accountIds: ["1"] },
        ],
      },
      /connections\.1\.accountIds: account 1 is served by "a" already/,
    ],
  ])("%s", (_, wrong, message) => {
    expect(() => checkedEnvironment({ ...plainEnvironment, ...wrong })).toThrow(message);
  });

  test("a setting that does not exist", () => {
    const wrong = { ...plainEnvironment, failOver: {} };
    expect(() => checkedEnvironment(wrong)).toThrow(/Unrecognized key: "failOver"/);
  });
});
