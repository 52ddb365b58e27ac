import { expect, test } from "vitest";
import { type AccountLimit, concurrencyProblems } from "../../infra/concurrency-limit.ts";
import {
  concurrency,
  concurrencyOfAll,
  concurrencyOfFailover,
  concurrencyOfSweeps,
} from "../../infra/constructs/building-blocks/concurrency.ts";
import { checkedEnvironment } from "../../infra/environments.ts";
import { everySetting, plainEnvironment, type Resource, resourcesOf, synthesized, target } from "./synthesized.ts";

const template = synthesized();
const nameOf = (id: string): string =>
  /(AcceptMessages|ProvisionServices|RotateCredentials|RotateSecret|FailOverServices)/.exec(id)?.[0] ?? id;

/** What asks for executions of each function in a template: event sources, schedules, Secrets Manager. */
function asked(of = template): Record<string, number> {
  const total: Record<string, number> = {};
  const add = (fn: unknown, count: number) => {
    const name = nameOf(target(fn));
    total[name] = (total[name] ?? 0) + count;
  };
  for (const [, { Properties }] of resourcesOf(of, "AWS::Lambda::EventSourceMapping")) {
    add(Properties.FunctionName, (Properties.ScalingConfig as { MaximumConcurrency: number }).MaximumConcurrency);
  }
  for (const [, { Properties }] of resourcesOf(of, "AWS::Scheduler::Schedule")) {
    add((Properties.Target as { Arn: unknown }).Arn, 1);
  }
  for (const [, { Properties }] of resourcesOf(of, "AWS::Lambda::Permission")) add(Properties.FunctionName, 1);
  return total;
}

test("the budget is what the template asks for", () => {
  const budget = Object.entries(concurrency).map(([name, shares]) => [
    name,
    Object.values(shares).reduce((sum: number, share) => sum + share, 0) +
      (name === "FailOverServices" ? concurrencyOfSweeps(plainEnvironment) : 0),
  ]);
  expect(asked()).toEqual(Object.fromEntries(budget));
  expect(concurrencyOfAll(plainEnvironment)).toBe(Object.values(asked()).reduce((sum, share) => sum + share, 0));
});

test("sweeps have more executions the more accounts there are: each is swept within its minute", () => {
  const shares = [1, 100, 101, 1_000].map((accounts) =>
    concurrencyOfSweeps({ connections: [{ accountIds: Array<string>(accounts).fill("1") }] }),
  );
  expect(shares).toEqual([2, 2, 3, 20]);
});

const reservedIn = (of: typeof template): [string, unknown][] =>
  resourcesOf(of, "AWS::Lambda::Function").map(([id, { Properties }]: [string, Resource]) => [
    nameOf(id),
    Properties.ReservedConcurrentExecutions,
  ]);

test("nothing is reserved unless settings say so; then all that failover asks for, and nothing of it is throttled", () => {
  for (const [name, reserved] of reservedIn(template)) expect(reserved, name).toBeUndefined();
  const reserving = synthesized({ ...everySetting, failover: { reserveConcurrency: true } });
  for (const [name, reserved] of reservedIn(reserving)) {
    expect(reserved, name).toBe(name === "FailOverServices" ? concurrencyOfFailover(everySetting) : undefined);
  }
  expect(concurrencyOfFailover(everySetting)).toBe(asked(reserving).FailOverServices);
});

test.each<[what: string, limit: AccountLimit, reserveConcurrency: boolean, words: RegExp[]]>([
  ["an account as usual", { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 900 }, false, []],
  ["as usual, reserving", { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 900 }, true, []],
  ["just enough", { ConcurrentExecutions: 24, UnreservedConcurrentExecutions: 24 }, false, []],
  ["nothing said", {}, true, []],
  [
    "a new account",
    { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 },
    false,
    [/runs 10 Lambda functions at once in eu-central-1, and plain asks for up to 24: .* --quota-code L-B99A9384 /],
  ],
  [
    "others have reserved the most",
    { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 9 },
    false,
    [/^Only 9 of this AWS account's 1000 Lambda executions .* plain asks for up to 24/],
  ],
  [
    "reserving where it cannot be",
    { ConcurrentExecutions: 100, UnreservedConcurrentExecutions: 99 },
    true,
    [
      /^failover\.reserveConcurrency reserves 15, but 99 of .* and 100 must stay so: the deployment may be refused\. Leave/,
    ],
  ],
])("%s", (_what, limit, reserveConcurrency, words) => {
  const settings = checkedEnvironment({ ...plainEnvironment, failover: { reserveConcurrency } });
  expect(concurrencyProblems(limit, settings)).toEqual(words.map((each) => expect.stringMatching(each)));
});
