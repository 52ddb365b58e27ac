import { Fn, Stack, Token } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { type IVpc, SecurityGroup, Vpc } from "aws-cdk-lib/aws-ec2";
import { AccountPrincipal, Role } from "aws-cdk-lib/aws-iam";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { expect, test } from "vitest";
import { isToken } from "../../infra/token.ts";
import { RingCxAutomation, type RingCxAutomationProps, RotatedAuthSecret } from "../../package/index.ts";
import { plainApp } from "./synthesized.ts";

const region = "eu-central-1";
const stackHere = () => new Stack(plainApp(), "Contact", { env: { region } });
// Constant, as whoever writes TypeScript may have it.
const right = {
  name: "test",
  connections: [{ name: "main", accountIds: ["123456"] }],
} as const satisfies RingCxAutomationProps;

test("a token is known by its form, as CDK knows it", () => {
  const text = Token.asString({ Ref: "X" });
  const list = Token.asList({ Ref: "X" });
  for (const value of [text, `arn:${text}:x`, list]) {
    expect(isToken(value)).toBe(Token.isUnresolved(value));
    expect(isToken(value)).toBe(true);
  }
  for (const value of ["subnet-1", ["subnet-1"], [], 1, undefined]) expect(isToken(value)).toBe(false);
});

test("what goes into the template alone may be a reference to another construct", () => {
  const stack = stackHere();
  const vpc = new Vpc(stack, "Vpc") as IVpc;
  const group = new SecurityGroup(stack, "Group", { vpc });
  const issuer = new LambdaFunction(stack, "Issuer", {
    runtime: Runtime.NODEJS_24_X,
    handler: "index.handler",
    code: Code.fromInline("exports.handler = async () => {}"),
  });
  const role = new Role(stack, "Crm", { assumedBy: new AccountPrincipal("111122223333") });
  const senders = [{ senderId: role.roleId, accountIds: ["123456"] }];
  const automation = new RingCxAutomation(stack, "RingCx", {
    ...right,
    vpc: {
      subnetIds: vpc.privateSubnets.map(({ subnetId }) => subnetId),
      securityGroupIds: Fn.split(",", Fn.join(",", [group.securityGroupId])),
    },
    rotation: { issuerFunctionArns: [issuer.functionArn] },
    provisioning: { producers: [role.roleArn], senders },
    failover: { alarmReadRoleArns: { "210987654321": role.roleArn }, commandSenders: senders },
  });
  new RotatedAuthSecret(stack, "Key", {
    connection: "main",
    accountIds: ["123456"],
    rotation: { rotationFunctionArn: automation.rotationFunction.functionArn, issuer },
  });
  const template = Template.fromStack(stack);
  const issuerArn = { "Fn::GetAtt": [stack.getLogicalId(issuer.node.defaultChild as never), "Arn"] };
  template.hasResourceProperties("AWS::Lambda::Function", {
    VpcConfig: {
      SubnetIds: Match.arrayWith([Match.objectLike({ Ref: Match.anyValue() })]),
      // A whole list that only the deployment knows.
      SecurityGroupIds: { "Fn::Split": [",", Match.anyValue()] },
    },
    Environment: { Variables: { ROTATION: { "Fn::Join": ["", Match.arrayWith([issuerArn])] } } },
  });
  template.hasResourceProperties("AWS::Lambda::Function", {
    Environment: {
      Variables: {
        PROVISIONING: {
          "Fn::Join": ["", Match.arrayWith([Match.objectLike({ "Fn::GetAtt": Match.arrayWith(["RoleId"]) })])],
        },
      },
    },
  });
  template.hasResourceProperties("AWS::SecretsManager::Secret", {
    Tags: Match.arrayWith([{ Key: "ringcx:issuer", Value: issuerArn }]),
  });
});

test("what is compared or parsed at synthesis must be written out, and the refusal says so", () => {
  const stack = stackHere();
  const text = Secret.fromSecretNameV2(stack, "Secret", "x").secretValue.unsafeUnwrap();
  const wrong = { ...right, connections: [{ name: "main", accountIds: [text] }], notifications: { alarms: [text] } };
  const why = "\\(it is a token of CDK's, which only the deployment knows: write the value itself\\)";
  expect(() => new RingCxAutomation(stack, "RingCx", wrong)).toThrow(
    new RegExp(`connections\\[0\\]\\.accountIds\\[0\\]: .* ${why}\n  notifications\\.alarms\\[0\\]: .* ${why}`),
  );
});
