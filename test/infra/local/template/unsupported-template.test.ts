import { type App, CfnResource, Stack } from "aws-cdk-lib";
import { describe, expect, it } from "vitest";
import { startStackHost } from "../../../../infra/local/stack-host.ts";

function stackWith(...resources: { type: string; properties?: Record<string, unknown> }[]) {
  return (app: App) => {
    const stack = new Stack(app, "Unsupported");
    for (const [index, props] of resources.entries()) new CfnResource(stack, `Resource${index}`, props);
    return stack;
  };
}

describe("a template that the local host cannot run", () => {
  it("is refused with the name of every type that is not known", async () => {
    const build = stackWith({ type: "AWS::SQS::Queue" }, { type: "AWS::S3::Bucket" }, { type: "AWS::ECS::Cluster" });
    await expect(startStackHost(build)).rejects.toThrow("AWS::S3::Bucket, AWS::ECS::Cluster");
  });

  it("is refused with the resource and the property that is not known", async () => {
    const properties = { ArchivePolicy: { MessageRetentionPeriod: 30 } };
    const build = stackWith({ type: "AWS::SNS::Topic", properties });
    await expect(startStackHost(build)).rejects.toThrow(/Resource0 \(AWS::SNS::Topic\): .*"ArchivePolicy"/);
  });

  it("is refused where its IAM conditions use an operator that is not known", async () => {
    const Condition = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };
    const Statement = [
      { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "x.amazonaws.com" }, Condition },
    ];
    const properties = { AssumeRolePolicyDocument: { Version: "2012-10-17", Statement } };
    const build = stackWith({ type: "AWS::IAM::Role", properties });
    await expect(startStackHost(build)).rejects.toThrow("IpAddress");
  });
});
