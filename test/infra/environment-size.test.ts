import { Stack } from "aws-cdk-lib";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { expect, test } from "vitest";
import { environmentSizeProblem } from "../../infra/constructs/building-blocks/environment-size.ts";

function problem(probe: object, failover: object) {
  const pad = (value: object) => JSON.stringify({ ...value, pad: "x".repeat(200) });
  const variables = { PROBE: pad(probe), FAILOVER: pad(failover), OTHER: "x".repeat(3_700) };
  return environmentSizeProblem(
    new CfnFunction(new Stack(), "It", { code: {}, role: "role", environment: { variables } }),
  ).join();
}

test("only a setting that is set is advised to be shortened", () => {
  const advice = /To mend it, split the environment in two$/;
  expect(problem({ allowedHosts: [] }, { alarmReadRoleArns: {} })).toMatch(advice);
  const set = problem({ allowedHosts: ["api.example.com"] }, { alarmReadRoleArns: { "111122223333": "arn" } });
  expect(set).toMatch(/shorten failover\.alarmReadRoleArns, or shorten probe\.allowedHosts .*, or split/);
});
