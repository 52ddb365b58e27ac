import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { addEnvironmentStacks } from "../../infra/environment-stacks.ts";
import { checkedEnvironment, environments } from "../../infra/environments.ts";
import { everySettingIn, partitions } from "../infra/synthesized.ts";

const templates = [
  ...environments.map((input) => [input.name, input] as const),
  ...partitions.map(
    ([partition, region]) => [`everything in ${partition}`, everySettingIn(partition, region)] as const,
  ),
];

test.each(templates)("cfn-lint finds nothing in the templates of %s", (_, input) => {
  // Without bundles, which the linter does not look into.
  const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
  addEnvironmentStacks(app, checkedEnvironment(input), [input]);
  const paths = app.synth().stacks.map(({ templateFullPath }) => templateFullPath);
  const unknown = input.region.startsWith("eusc-") ? ["E3512"] : [];
  const { status, stdout, stderr, error } = spawnSync(
    join(process.env.DEPLOY_TEST_TOOLS ?? "", "cfn-lint"),
    // E3512: cfn-lint does not know the partition aws-eusc in a principal.
    // W3005: CDK states dependencies that a reference implies already; that does no harm.
    ["--format", "parseable", "--ignore-checks", "W3005", ...unknown, "--", ...paths],
    { encoding: "utf8" },
  );
  expect({ status, stdout, stderr, error }).toEqual({ status: 0, stdout: "", stderr: "" });
});
