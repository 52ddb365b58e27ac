import { App, Validations } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, test } from "vitest";
import { alarmLink } from "../../../functions/fail-over-services/evidence/alarm-states.ts";
import { addEnvironmentStacks } from "../../../infra/environment-stacks.ts";
import { checkedEnvironment } from "../../../infra/environments.ts";
import { everySettingIn, partitions } from "../synthesized.ts";

describe.each(partitions)("in the partition %s", (partition, region, domain) => {
  const app = new App({
    context: { "aws:cdk:bundling-stacks": [], "@aws-cdk/core:validateAgainstDefaultRules": true },
  });
  const environment = checkedEnvironment(everySettingIn(partition, region));
  const { home, forwarding } = addEnvironmentStacks(app, environment, [environment]);
  const templates = () => JSON.stringify([home, ...forwarding].map((stack) => Template.fromStack(stack).toJSON()));

  test("the stack breaks no rule of the AwsSolutions pack or of CloudFormation without a written reason", () => {
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  });

  test("nothing in the templates is of another partition or region", () => {
    const text = templates();
    const arns = new Set([...text.matchAll(/arn:(aws[a-z-]*):/g)].map(([, of]) => of));
    expect([...arns]).toEqual([partition]);
    const hosts = [...text.matchAll(/[a-z0-9-]+\.([a-z0-9-]+)\.amazonaws\.[a-z.]+/g)].map(([, of]) => of);
    expect(hosts).not.toEqual([]);
    for (const host of hosts) expect(host).toBe(region);
    expect(text).not.toMatch(partition === "aws" ? /us-gov-|cn-north|eusc-/ : /eu-central-1|us-east-1/);
  });

  test("KMS is told of SQS under the domain of the partition", () => {
    expect(templates()).toContain(`"sqs.${region}.${domain}"`);
  });
});

describe("a link to an alarm leads to the console of its partition", () => {
  test.each([
    ["aws", "eu-central-1", "https://eu-central-1.console.aws.amazon.com/"],
    ["aws-us-gov", "us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com/"],
    ["aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/"],
    ["aws-eusc", "eusc-de-east-1", "https://eusc-de-east-1.console.amazonaws-eusc.eu/"],
  ])("%s", (partition, region, console) => {
    const link = alarmLink(`arn:${partition}:cloudwatch:${region}:111122223333:alarm:crm: down`);
    expect(link).toBe(`${console}cloudwatch/home?region=${region}#alarmsV2:alarm/crm%3A%20down`);
  });

  test.each([
    ["aws-iso", "us-iso-east-1"],
    ["aws-iso-b", "us-isob-east-1"],
    ["aws-new", "xx-new-1"],
  ])("%s has none that is known, and no link is better than a wrong one", (partition, region) => {
    expect(alarmLink(`arn:${partition}:cloudwatch:${region}:111122223333:alarm:crm`)).toBeUndefined();
  });
});
