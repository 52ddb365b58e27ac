import { Stack } from "aws-cdk-lib";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { expect, test } from "vitest";
import { environmentSizeProblems } from "../../infra/constructs/building-blocks/environment-size.ts";

function problem(probe: object, failover: object) {
  const pad = (value: object) => JSON.stringify({ ...value, pad: "x".repeat(200) });
  const variables = { PROBE: pad(probe), FAILOVER: pad(failover), OTHER: "x".repeat(3_700) };
  const stack = new Stack();
  new CfnFunction(stack, "It", { code: {}, role: "role", environment: { variables } });
  return environmentSizeProblems(stack).join();
}

test("only a setting that is set is advised to be shortened", () => {
  const advice = /To mend it, split the environment in two$/;
  expect(problem({ allowedHosts: [] }, { alarmReadRoleArns: {} })).toMatch(advice);
  const set = problem({ allowedHosts: ["api.example.com"] }, { alarmReadRoleArns: { "111122223333": "arn" } });
  expect(set).toMatch(/shorten failover\.alarmReadRoleArns, or shorten probe\.allowedHosts .*, or split/);
});

test("one limit is told once, with what has room in every function", () => {
  const stack = new Stack();
  const connection = (index: number) => ({ name: `c${index}`, accountIds: [], pad: "x".repeat(270) });
  const CONNECTIONS = JSON.stringify(Array.from({ length: 14 }, (_, index) => connection(index)));
  for (const [id, more] of [
    ["Intake", 100],
    ["Worker", 1_100],
    ["Sync", 600],
  ] as const)
    new CfnFunction(stack, id, {
      ...{ code: {}, role: "role" },
      environment: { variables: { CONNECTIONS, OTHER: "x".repeat(more) } },
    });
  const found = environmentSizeProblems(stack);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(
    /^The environment variables of Worker have about \d{4} bytes, and Lambda takes 4096 \(.*\); those of Sync, Intake are too long as well\. To mend it, /,
  );
  expect(found[0]?.match(/leave about \d+ connections/g)).toEqual(["leave about 9 connections"]);
});
