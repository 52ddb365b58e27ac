import type { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { checkedEnvironment, checkedEnvironments, type EnvironmentInput } from "../../infra/environments.ts";
import { RingCxAutomationStack } from "../../infra/ringcx-automation-stack.ts";
import { plainApp, plainEnvironment } from "./synthesized.ts";

const texts = (count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => name(100_000 + index));
const withPrefixes = (count: number, alarmRegions: string[] = []): EnvironmentInput => ({
  ...plainEnvironment,
  failover: { alarmNamePrefixes: texts(count, (index) => `crm-${index}-`), alarmRegions },
});
const withAccounts = (count: number, more: Partial<EnvironmentInput> = {}): EnvironmentInput => ({
  ...plainEnvironment,
  accountsIn: "variables",
  connections: [{ name: "main", accountIds: texts(count, String) }],
  ...more,
});
const withConnections = (count: number): EnvironmentInput => ({
  ...plainEnvironment,
  connections: texts(count, (index) => `c${index}`).map((name, index) => ({ name, accountIds: [String(index + 1)] })),
});

/** What is told of the settings alone. */
function told(environment: EnvironmentInput): string[] {
  try {
    checkedEnvironments([environment]);
    return [];
  } catch (error) {
    return (error as Error).message.split("\n").slice(1);
  }
}

/** Whether the stack is one that AWS takes, as it is measured there. */
function fits(environment: EnvironmentInput): boolean {
  const stack: Stack = new RingCxAutomationStack(plainApp(), "Stack", { environment: checkedEnvironment(environment) });
  try {
    Template.fromStack(stack);
    return true;
  } catch (error) {
    expect(String(error)).toMatch(/AWS takes|Lambda takes|EventBridge takes/);
    return false;
  }
}

describe.each<[what: string, of: (count: number) => EnvironmentInput, many: number, line: RegExp]>([
  [
    "prefixes of alarms' names",
    (count) => withPrefixes(count, ["us-east-1", "us-west-2", "eu-west-1", "eu-north-1"]),
    200,
    /^ {2}environments\[0\]\.failover\.alarmNamePrefixes: are 200, and an event pattern has room for about (\d+) of them: .* \(leave about \d+, or write shorter ones/,
  ],
  [
    "accounts in variables",
    (count) => withAccounts(count),
    1_000,
    /^ {2}environments\[0\]\.accountsIn: the functions' variables have room for about (\d+) accounts, and there are 1000: .* \(write "parameters", or leave it out/,
  ],
  [
    "connections",
    withConnections,
    40,
    /^ {2}environments\[0\]\.connections: are 40, and the functions' variables have room for about (\d+) of them: .* \(leave about \d+ here/,
  ],
])("%s that are too many", (_, of, many, line) => {
  test("are told by the settings alone, in one line with how many have room; and so many have", () => {
    const lines = told(of(many));
    expect(lines).toEqual([expect.stringMatching(line)]);
    const room = Number(line.exec(lines[0] ?? "")?.[1]);
    expect(told(of(room))).toEqual([]);
    expect(fits(of(Math.floor(room * 0.97)))).toBe(true);
    // What is refused by the settings would be refused in the stack: the most that they take is too many there already. One
    // connection more is longer than what they do not know.
    let most = room;
    while (told(of(most + 1)).length === 0) most += 1;
    expect(most - room).toBeLessThan(5);
    if (of !== withConnections) expect(fits(of(most))).toBe(false);
  });
});
