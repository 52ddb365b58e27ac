import { Match, Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { CrmCredentialStack } from "../../examples/issuer/crm-credential-stack.ts";
import { plainApp } from "../infra/synthesized.ts";

test("the example's secret names its issuer, and is rotated by the automation's function", () => {
  const app = plainApp();
  const template = Template.fromStack(
    new CrmCredentialStack(app, "Crm", {
      rotationFunctionArn: "arn:aws:lambda:eu-central-1:111122223333:function:rotate",
      crmAdminUrl: "https://admin.crm.example.com",
      crmClientId: "lookup",
      crmAdminSecretName: "crm/admin-token",
    }),
  );
  const [issuer] = Object.keys(template.findResources("AWS::Lambda::Function"));
  expect(issuer).toBeDefined();
  template.hasResourceProperties("AWS::SecretsManager::Secret", {
    Name: "crm/oauth",
    Tags: Match.arrayWith([
      { Key: "ringcx:issuer", Value: { "Fn::GetAtt": [issuer, "Arn"] } },
      { Key: "ringcx:rotate-every", Value: "30d" },
    ]),
  });
  template.resourceCountIs("AWS::SecretsManager::RotationSchedule", 1);
});
