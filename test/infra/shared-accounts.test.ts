import { expect, test } from "vitest";
import { checkedEnvironment, type EnvironmentInput } from "../../infra/environments.ts";
import { accountsOfOthers } from "../../infra/shared-accounts.ts";
import { plainEnvironment } from "./synthesized.ts";

const environment = (name: string, more: Partial<EnvironmentInput> = {}) =>
  checkedEnvironment({ ...plainEnvironment, name, ...more });
const connection = (limit: number, more: object = {}) => ({
  connections: [{ name: "main", accountIds: ["1", "123456"], quota: { limit }, ...more }],
});

test.each<[string, Partial<EnvironmentInput>]>([
  ["in one region", {}],
  ["in another region and AWS account", { region: "us-east-1", account: "111122223333" }],
  ["with a share that is too large", connection(1)],
])("an environment that serves an account of another one is told so, with its name: %s", (_, more) => {
  const [here, there] = [environment("test"), environment("production", more)];
  expect(accountsOfOthers(here, [here, there])).toEqual([
    expect.stringMatching(
      `^accountIds: 123456 of RingCX is served by the environment production in ${there.region}, too: .*split quota\\.limit`,
    ),
  ]);
  expect(accountsOfOthers(there, [here, there])).toHaveLength(1);
});

test.each<[string, Partial<EnvironmentInput>]>([
  ["they share none", { connections: [{ name: "main", accountIds: ["223456"] }] }],
  ["each has its share", connection(60)],
  ["it is another RingCX", connection(120, { ringcxUrl: "https://ringcx.example.com" })],
])("nothing is told where %s", (_, more) => {
  const here = environment("test", connection(60));
  expect(accountsOfOthers(here, [here, environment("production", more)])).toEqual([]);
});
