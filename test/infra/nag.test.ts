import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, test } from "vitest";
import { checkedEnvironment, type EnvironmentInput, environments } from "../../infra/environments.ts";
import { RingCxAutomationStack } from "../../infra/ringcx-automation-stack.ts";
import { plainEnvironment } from "./synthesized.ts";

/** Every setting that adds something to the template. */
const everything: EnvironmentInput = {
  ...plainEnvironment,
  name: "everything",
  account: "111122223333",
  rotation: { issuerFunctionArns: ["arn:aws:lambda:eu-central-1:111122223333:function:crm-issuer"] },
  failover: { alarmReadRoleArns: { "210987654321": "arn:aws:iam::210987654321:role/ringcx-reads-alarms" } },
  provisioning: { producers: ["210987654321", "arn:aws:iam::109876543210:role/crm"] },
  notifications: {
    alarms: ["on-call@example.com", "https://events.example.com/alarms"],
    outcomes: [{ endpoint: "team@example.com", statuses: ["REJECTED"] }],
  },
  permissionsBoundaryArn: "arn:aws:iam::111122223333:policy/boundary",
  vpc: { subnetIds: ["subnet-0a1b2c3d", "subnet-0e1f2a3b"], securityGroupIds: ["sg-0a1b2c3d"] },
};

test.each([...environments, everything].map((input) => [input.name, input] as const))(
  "%s breaks no rule of the AwsSolutions pack or of CloudFormation without a written reason",
  (_, input) => {
    const app = new App({
      context: { "aws:cdk:bundling-stacks": [], "@aws-cdk/core:validateAgainstDefaultRules": true },
    });
    new RingCxAutomationStack(app, "Stack", { environment: checkedEnvironment(input) });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    // What is broken is printed, with where it is and how to acknowledge it.
    expect(() => app.synth()).not.toThrow();
  },
);
