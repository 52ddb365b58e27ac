import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { environmentNamed, environments } from "../../infra/environments.ts";
import { RingCxAutomationStack } from "../../infra/ringcx-automation-stack.ts";

test("cfn-lint finds nothing in the templates", () => {
  const app = new App();
  for (const { name } of environments) {
    new RingCxAutomationStack(app, `RingCxAutomation-${name}`, { environment: environmentNamed(name) });
  }
  const templates = app.synth().stacks.map(({ templateFullPath }) => templateFullPath);
  expect(templates).toHaveLength(environments.length);
  const { stdout, stderr, error } = spawnSync(
    join(process.env.DEPLOY_TEST_TOOLS ?? "", "cfn-lint"),
    // W3005: CDK states dependencies that a reference implies already; that does no harm.
    ["--format", "parseable", "--ignore-checks", "W3005", "--", ...templates],
    { encoding: "utf8" },
  );
  expect(error).toBeUndefined();
  expect(`${stdout}${stderr}`).toBe("");
});
