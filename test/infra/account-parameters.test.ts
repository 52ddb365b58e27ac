import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { slicesOf } from "../../infra/constructs/account-parameters.ts";
import type { EnvironmentInput } from "../../infra/environments.ts";
import { runs } from "../support/runs.ts";
import { plainEnvironment, resourcesOf, statementsOf, synthesized } from "./synthesized.ts";

const idsFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => String(first + index));
const thousand: EnvironmentInput = {
  ...plainEnvironment,
  connections: [
    { name: "main", accountIds: idsFrom(40_000_000, 700) },
    { name: "partner", accountIds: idsFrom(50_000_000, 300), quota: { scope: "connection" } },
  ],
};

const variablesOf = (input: EnvironmentInput) =>
  resourcesOf(synthesized(input), "AWS::Lambda::Function").map(
    ([, { Properties }]) => (Properties.Environment as { Variables: Record<string, unknown> }).Variables,
  );
const parametersOf = (input: EnvironmentInput) =>
  resourcesOf(synthesized(input), "AWS::SSM::Parameter")
    .map(([, { Properties }]) => Properties)
    .filter(({ Name }) => String(Name).includes("/accounts/"));

describe("a thousand accounts", () => {
  const parameters = parametersOf(thousand);

  test("are parameters, standard ones, each account in one of its connection", () => {
    for (const { Type, Value, Tier } of parameters) {
      expect([Type, Tier]).toEqual(["StringList", undefined]);
      expect(String(Value).length).toBeLessThanOrEqual(4_096);
    }
    const idsOf = (connection: string) =>
      parameters
        .filter(({ Name }) => String(Name).includes(`/accounts/${connection}/`))
        .flatMap(({ Value }) => String(Value).split(","));
    expect(idsOf("main").sort()).toEqual(thousand.connections[0]?.accountIds);
    expect(idsOf("partner").sort()).toEqual(thousand.connections[1]?.accountIds);
  });

  test("leave the functions' variables as short as those of one", () => {
    for (const variables of variablesOf(thousand)) {
      expect(JSON.stringify(variables)).not.toContain("40000001");
      expect(JSON.stringify(variables).length).toBeLessThan(4_096);
      expect(String(parameters[0]?.Name)).toMatch(new RegExp(`^${variables.ACCOUNTS_PATH}/main/1$`));
    }
  });

  test("are read by each function, which may read nothing else of Systems Manager, and waits for them at a deployment", () => {
    const granted = statementsOf(synthesized(thousand)).filter(({ actions }) => actions.join().includes("ssm:"));
    expect(granted).toHaveLength(5);
    const [path] = variablesOf(thousand).map(({ ACCOUNTS_PATH }) => ACCOUNTS_PATH);
    for (const { statement, actions } of granted) {
      expect(actions).toEqual(["ssm:GetParametersByPath"]);
      expect(JSON.stringify(statement.Resource)).toContain(`:parameter${path}"`);
    }
    for (const [, fn] of resourcesOf(synthesized(thousand), "AWS::Lambda::Function")) {
      expect(JSON.stringify((fn as { DependsOn?: unknown }).DependsOn)).toContain("AccountsMain1");
    }
  });

  test("have an alarm for when they cannot be read", () => {
    const alarms = (input: EnvironmentInput) =>
      resourcesOf(synthesized(input), "AWS::CloudWatch::Alarm").filter(([id]) => id.includes("AccountsNotRead"));
    expect(alarms(thousand)).toHaveLength(1);
    expect(alarms(plainEnvironment)).toEqual([]);
  });
});

test("a few accounts are a variable, unless the settings say otherwise", () => {
  expect(parametersOf(plainEnvironment)).toEqual([]);
  expect(variablesOf(plainEnvironment)[0]?.ACCOUNTS_PATH).toBeUndefined();
  expect(parametersOf({ ...plainEnvironment, accountsIn: "parameters" })).toHaveLength(1);
});

test("a dozen connections fit beside the accounts, which are said to have more room where they are variables", () => {
  const connections = Array.from({ length: 12 }, (_, index) => ({
    name: `customer-${index}`,
    accountIds: idsFrom(1_000_000 + index * 1_000, 80),
  }));
  expect(parametersOf({ ...plainEnvironment, connections })).toHaveLength(12);
  expect(() => synthesized({ ...plainEnvironment, accountsIn: "variables", connections })).toThrow(
    /accountsIn: .* room for about \d\d accounts, and there are 960.*write "parameters"/,
  );
});

test("an account that comes moves no other one, or cuts each slice in two", () => {
  const ids = fc.uniqueArray(fc.integer({ min: 1_000_000, max: 99_999_999 }).map(String), {
    minLength: 600,
    maxLength: 1_500,
    size: "max",
  });
  fc.assert(
    fc.property(ids, fc.integer({ min: 1, max: 999_999 }).map(String), (before, added) => {
      const [old, now] = [slicesOf(before), slicesOf([...before, added])];
      const half = now.length / 2;
      const joined =
        now.length === old.length ? now : now.slice(0, half).map((slice, at) => [...slice, ...(now[at + half] ?? [])]);
      expect(joined.map((slice) => slice.filter((id) => id !== added).sort())).toEqual(
        old.map((slice) => [...slice].sort()),
      );
    }),
    { numRuns: runs(10) },
  );
});
