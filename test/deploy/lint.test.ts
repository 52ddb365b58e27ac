import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { addEnvironmentStacks } from "../../infra/environment-stacks.ts";
import { checkedEnvironment, environments } from "../../infra/environments.ts";
import { everySetting } from "../infra/synthesized.ts";

test.each([...environments, everySetting].map((input) => [input.name, input] as const))(
  "cfn-lint finds nothing in the templates of %s",
  (_, input) => {
    // Without bundles, which the linter does not look into.
    const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
    addEnvironmentStacks(app, checkedEnvironment(input), [input]);
    const templates = app.synth().stacks.map(({ templateFullPath }) => templateFullPath);
    const { status, stdout, stderr, error } = spawnSync(
      join(process.env.DEPLOY_TEST_TOOLS ?? "", "cfn-lint"),
      // W3005: CDK states dependencies that a reference implies already; that does no harm.
      ["--format", "parseable", "--ignore-checks", "W3005", "--", ...templates],
      { encoding: "utf8" },
    );
    expect({ status, stdout, stderr, error }).toEqual({ status: 0, stdout: "", stderr: "" });
  },
);
