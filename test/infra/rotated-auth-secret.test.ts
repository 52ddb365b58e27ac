import { Duration, NestedStack, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { describe, expect, test } from "vitest";
import { RotatedAuthSecret, type RotatedAuthSecretProps } from "../../infra/constructs/rotated-auth-secret.ts";
import { RingCxAutomation } from "../../infra/ringcx-automation.ts";
import { secretTags } from "../../shared/secrets/secret-tags.ts";
import { plainApp, plainEnvironment } from "./synthesized.ts";

const authConfigId = "60629848-0ddf-4757-8868-de5b76d54bb7";
const rotationFunctionArn = "arn:aws:lambda:eu-central-1:111122223333:function:rotate";
const issuerArn = "arn:aws:lambda:eu-central-1:111122223333:function:issuer";

/** @param without fields that are left out, not replaced */
function template(
  props: Partial<RotatedAuthSecretProps> = {},
  without: readonly ("authConfigs" | "rotation")[] = [],
): Template {
  const stack = new Stack(plainApp(), "Test", { env: { region: "eu-central-1", account: "111122223333" } });
  const issuer = LambdaFunction.fromFunctionArn(stack, "Issuer", issuerArn);
  const { rotation, authConfigs, ...rest }: RotatedAuthSecretProps = {
    connection: "main",
    accountIds: ["123456"],
    hosts: ["crm.example.com", "*.example.net"],
    authConfigs: { authType: "OAUTH", ids: [authConfigId] },
    rotation: { rotationFunctionArn, issuer, every: Duration.days(30), overlap: Duration.hours(36) },
    rotateWithin: Duration.days(90),
    ...props,
  };
  new RotatedAuthSecret(stack, "Crm", {
    ...rest,
    ...(rotation && !without.includes("rotation") && { rotation }),
    ...(authConfigs && !without.includes("authConfigs") && { authConfigs }),
  });
  return Template.fromStack(stack);
}

const tagsIn = (from: Template): Record<string, string> => {
  const [secret] = Object.values(from.findResources("AWS::SecretsManager::Secret"));
  const tags = secret?.Properties.Tags as { Key: string; Value: string }[];
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
};

describe("RotatedAuthSecret", () => {
  test("says on the secret itself whom it feeds, who may see it, and when it changes", () => {
    expect(tagsIn(template())).toEqual({
      [secretTags.connection]: "main",
      [secretTags.accounts]: "123456",
      [secretTags.hosts]: "crm.example.com *.example.net",
      [secretTags.authConfig]: authConfigId,
      [secretTags.authType]: "OAUTH",
      [secretTags.issuer]: issuerArn,
      [secretTags.rotateEvery]: "30d",
      [secretTags.rotateWithin]: "90d",
      [secretTags.overlap]: "36h",
    });
  });

  test("says the environment that it is for, if it is for one alone", () => {
    expect(tagsIn(template({ environment: "production" }))[secretTags.environment]).toBe("production");
    expect(tagsIn(template())).not.toHaveProperty(secretTags.environment);
    template().resourceCountIs("AWS::SecretsManager::ResourcePolicy", 0);
  });

  test("deploying and updating never rotate", () => {
    template().hasResourceProperties("AWS::SecretsManager::RotationSchedule", {
      RotationLambdaARN: rotationFunctionArn,
      RotateImmediatelyOnUpdate: false,
    });
  });

  test.each(["its own stack", "another stack", "a nested stack"])(
    "the function may be called before it is named, in %s",
    (where) => {
      const app = plainApp();
      const env = { region: "eu-central-1", account: "111122223333" };
      const stack = new Stack(app, "Test", { env });
      const { rotationFunction } = new RingCxAutomation(stack, "RingCx", {
        name: "test",
        connections: plainEnvironment.connections,
      });
      const other = where === "another stack" ? new Stack(app, "Other", { env }) : new NestedStack(stack, "Nested");
      new RotatedAuthSecret(where === "its own stack" ? stack : other, "Crm", {
        ...{ connection: "main", accountIds: ["123456"] },
        rotation: { rotationFunctionArn: rotationFunction.functionArn, issuer: "random" },
      });
      const waits = where === "its own stack" ? "AWS::SecretsManager::RotationSchedule" : "AWS::CloudFormation::Stack";
      const template = Template.fromStack(stack);
      const [permission = ""] = Object.keys(
        template.findResources("AWS::Lambda::Permission", {
          Properties: { Principal: "secretsmanager.amazonaws.com" },
        }),
      );
      if (where === "another stack") expect(other.dependencies).toContain(stack);
      else template.hasResource(waits, { DependsOn: Match.arrayWith([permission]) });
    },
  );

  test.each([
    [Duration.days(30), { AutomaticallyAfterDays: 31 }],
    [Duration.hours(36), { AutomaticallyAfterDays: 3 }],
    [Duration.days(999), { AutomaticallyAfterDays: 1000 }],
    [Duration.hours(12), { ScheduleExpression: "rate(13 hours)" }],
    [Duration.minutes(90), { ScheduleExpression: "rate(4 hours)" }],
    [undefined, { AutomaticallyAfterDays: 1000 }],
  ])("every %s: Secrets Manager shows a date just behind ours, and rotates then", (every, RotationRules) => {
    const rotation = { rotationFunctionArn, issuer: "random", ...(every && { every }) } as const;
    template({ rotation }).hasResourceProperties("AWS::SecretsManager::RotationSchedule", { RotationRules });
  });

  test("refuses an age that Secrets Manager's schedule cannot follow", () => {
    const rotation = { rotationFunctionArn, issuer: "random", every: Duration.days(1000) } as const;
    expect(() => template({ rotation })).toThrow("rotation.every: must be less than 1000 days");
  });

  test.each(["us-east-1:111122223333", "eu-central-1:222222222222"])("refuses a function of %s", (place) => {
    const rotation = { rotationFunctionArn: `arn:aws:lambda:${place}:function:f`, issuer: "random" } as const;
    expect(() => template({ rotation })).toThrow(/rotation\.rotationFunctionArn: is of .*own region and account/);
  });

  test("holds no value in the template, and outlives its stack", () => {
    const [secret] = Object.values(template().findResources("AWS::SecretsManager::Secret"));
    expect(secret?.Properties).not.toHaveProperty("SecretString");
    expect(secret?.Properties).not.toHaveProperty("GenerateSecretString");
    expect(secret).toMatchObject({ DeletionPolicy: "RetainExceptOnCreate", UpdateReplacePolicy: "Retain" });
  });

  test("without a rotation only what is put into it is synced", () => {
    const plain = template({}, ["rotation"]);
    plain.resourceCountIs("AWS::SecretsManager::RotationSchedule", 0);
    expect(Object.keys(tagsIn(plain))).not.toContain(secretTags.rotateEvery);
  });

  test.each<[string, Partial<RotatedAuthSecretProps>, RegExp, "authConfigs"?]>([
    [
      "an id that is no UUID",
      { authConfigs: { authType: "OAUTH", ids: ["crm"] } },
      /authConfigs\.ids\[0\]: must be a UUID/,
    ],
    ["an id whose account is not said", { accountIds: ["1", "2"] }, /write accountId\/60629848/],
    ["no account", { accountIds: [] }, /accountIds: is empty/, "authConfigs"],
    [
      "more than a tag holds",
      {
        authConfigs: { authType: "OAUTH", ids: Array.from({ length: 8 }, (_, at) => `${at}${authConfigId.slice(1)}`) },
      },
      /longer than the 256 characters/,
    ],
  ])("refuses %s when it is synthesized", (_what, props, message, without) => {
    expect(() => template(props, without && [without])).toThrow(message);
  });
});
