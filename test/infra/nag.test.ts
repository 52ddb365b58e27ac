import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { addEnvironmentStacks } from "../../infra/environment-stacks.ts";
import { checkedEnvironment, environments } from "../../infra/environments.ts";
import { everySetting } from "./synthesized.ts";

// Off elsewhere (vitest.config.ts).
beforeEach(() => void vi.stubEnv("CDK_VALIDATION", undefined));
afterEach(() => void vi.unstubAllEnvs());

test.each([...environments, everySetting].map((input) => [input.name, input] as const))(
  "%s breaks no rule of the AwsSolutions pack or of CloudFormation without a written reason",
  (_, input) => {
    const app = new App({
      context: { "aws:cdk:bundling-stacks": [], "@aws-cdk/core:validateAgainstDefaultRules": true },
    });
    addEnvironmentStacks(app, checkedEnvironment(input), [input]);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    // What is broken is printed, with where it is and how to acknowledge it.
    expect(() => app.synth()).not.toThrow();
  },
);
