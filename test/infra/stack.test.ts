import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { plainEnvironment, type Resource, resourcesOf, synthesized } from "./synthesized.ts";

const template = synthesized();
const queues = resourcesOf(template, "AWS::SQS::Queue");
const functions = resourcesOf(template, "AWS::Lambda::Function");
const mappings = resourcesOf(template, "AWS::Lambda::EventSourceMapping");

/** The logical id that a `Ref` or `Fn::GetAtt` points at. */
function target(value: unknown): string {
  const { Ref, "Fn::GetAtt": attribute } = (value ?? {}) as { Ref?: string; "Fn::GetAtt"?: [string, string] };
  return Ref ?? attribute?.[0] ?? "";
}

describe("queues", () => {
  test("every queue is encrypted with the stack's key: messages name endpoints and accounts", () => {
    const [[key]] = resourcesOf(template, "AWS::KMS::Key") as [[string, Resource]];
    for (const [id, { Properties }] of queues) expect(target(Properties.KmsMasterKeyId), id).toBe(key);
  });

  test("every queue refuses plain HTTP", () => {
    const guarded = resourcesOf(template, "AWS::SQS::QueuePolicy").flatMap(([, { Properties }]) => {
      const { Statement } = Properties.PolicyDocument as { Statement: Record<string, unknown>[] };
      const refuses = Statement.some(
        ({ Effect, Condition }) =>
          Effect === "Deny" && JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
      );
      return refuses ? (Properties.Queues as unknown[]).map(target) : [];
    });
    expect(guarded.sort()).toEqual(queues.map(([id]) => id).sort());
  });

  test("a queue that a function reads has a dead-letter queue of its kind, where messages are kept for 14 days", () => {
    for (const [, { Properties }] of mappings) {
      const id = target(Properties.EventSourceArn);
      const source = queues.find(([name]) => name === id)?.[1].Properties ?? {};
      const redrive = source.RedrivePolicy as { deadLetterTargetArn: unknown; maxReceiveCount: number };
      const rejects = queues.find(([name]) => name === target(redrive.deadLetterTargetArn))?.[1].Properties ?? {};
      expect(rejects.MessageRetentionPeriod, id).toBe(14 * 24 * 60 * 60);
      expect(rejects.FifoQueue, id).toBe(source.FifoQueue);
    }
  });

  test("deliveries of a provisioning message are deferrals, not failures: 1,000 before SQS gives up", () => {
    template.hasResourceProperties("AWS::SQS::Queue", {
      FifoQueue: true,
      RedrivePolicy: { maxReceiveCount: 1_000 },
    });
  });

  test("a message stays hidden for six times the function's time-out, so that a retry of the poller is no second delivery", () => {
    for (const [, { Properties }] of mappings) {
      const queue = queues.find(([id]) => id === target(Properties.EventSourceArn))?.[1].Properties;
      const fn = functions.find(([id]) => id === target(Properties.FunctionName))?.[1].Properties;
      expect(queue?.VisibilityTimeout).toBeGreaterThanOrEqual(6 * Number(fn?.Timeout));
    }
  });
});

describe("functions", () => {
  test("concurrency is bounded at the source; nothing is reserved, which would starve the pollers", () => {
    expect(mappings).toHaveLength(3);
    for (const [id, { Properties }] of mappings) {
      expect(Properties.ScalingConfig, id).toEqual({ MaximumConcurrency: expect.any(Number) });
      expect(Properties.FunctionResponseTypes, id).toEqual(["ReportBatchItemFailures"]);
    }
    for (const [id, { Properties }] of functions) expect(Properties.ReservedConcurrentExecutions, id).toBeUndefined();
  });

  test("every function runs on Node 24 and arm64, is traced, and has a log group that forgets", () => {
    const groups = resourcesOf(template, "AWS::Logs::LogGroup");
    expect(functions).toHaveLength(4);
    for (const [id, { Properties }] of functions) {
      expect(Properties, id).toMatchObject({
        Runtime: "nodejs24.x",
        Architectures: ["arm64"],
        TracingConfig: { Mode: "Active" },
      });
      const group = groups.find(
        ([name]) => name === target((Properties.LoggingConfig as { LogGroup: unknown }).LogGroup),
      );
      expect(group?.[1].Properties.RetentionInDays, id).toBe(90);
    }
  });

  test("only Secrets Manager of this account may invoke the rotation function", () => {
    template.hasResourceProperties("AWS::Lambda::Permission", {
      Principal: "secretsmanager.amazonaws.com",
      SourceAccount: { Ref: "AWS::AccountId" },
    });
  });
});

describe("roles", () => {
  const statements = resourcesOf(template, "AWS::IAM::Policy").flatMap(([id, { Properties }]) =>
    (Properties.PolicyDocument as { Statement: Record<string, unknown>[] }).Statement.map((statement) => ({
      id,
      statement,
      actions: [statement.Action].flat() as string[],
    })),
  );

  test("no action is a wildcard, but for the key grant's two families", () => {
    const wild = statements.flatMap(({ actions }) => actions.filter((action) => action.includes("*")));
    expect([...new Set(wild)].sort()).toEqual(["kms:GenerateDataKey*", "kms:ReEncrypt*"]);
  });

  test("only what knows no resources is allowed on all of them", () => {
    const everywhere = statements
      .filter(({ statement }) => statement.Resource === "*")
      .flatMap(({ actions }) => actions);
    expect([...new Set(everywhere)].sort()).toEqual([
      "cloudwatch:DescribeAlarms",
      "cloudwatch:ListTagsForResource",
      "secretsmanager:ListSecrets",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]);
  });

  test("a credential secret is readable only where it says so itself, by its tag", () => {
    const secrets = statements.filter(
      ({ actions, statement }) =>
        actions.includes("secretsmanager:GetSecretValue") && JSON.stringify(statement.Resource).includes("secret:*"),
    );
    expect(secrets).toHaveLength(4);
    for (const { statement, id } of secrets) {
      expect(statement.Condition, id).toEqual({
        StringLike: { "secretsmanager:ResourceTag/ringcx:connection": "*" },
      });
    }
  });

  test("only rotation writes secrets", () => {
    const writers = statements.filter(({ actions }) => actions.includes("secretsmanager:PutSecretValue"));
    expect(writers.map(({ id }) => id)).toEqual([expect.stringContaining("RotateSecret")]);
  });
});

describe("what is kept", () => {
  test("table, key and connection secrets outlive the stack", () => {
    for (const type of ["AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::SecretsManager::Secret"]) {
      for (const [id, resource] of resourcesOf(template, type)) {
        expect(resource.DeletionPolicy, id).toBe("Retain");
        expect(resource.UpdateReplacePolicy, id).toBe("Retain");
      }
    }
  });

  test("the table can be restored to any second, cannot be deleted by mistake, and forgets what may expire", () => {
    template.hasResourceProperties("AWS::DynamoDB::Table", {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
      SSESpecification: { SSEEnabled: true, SSEType: "KMS" },
      TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
    });
  });

  test("a connection secret starts without a value: a generated one would look like a credential", () => {
    template.hasResourceProperties("AWS::SecretsManager::Secret", {
      SecretString: Match.absent(),
      GenerateSecretString: Match.absent(),
    });
  });
});

describe("settings", () => {
  test("every alarm that changes state goes to the queue, which outlives an outage of ours", () => {
    template.hasResourceProperties("AWS::Events::Rule", {
      EventPattern: { source: ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"] },
      Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
    });
  });

  test("schedules say what they are for", () => {
    const schedules = resourcesOf(template, "AWS::Scheduler::Schedule").map(([, { Properties }]) => [
      Properties.ScheduleExpression,
      (Properties.Target as { Input: string }).Input,
    ]);
    expect(schedules).toEqual(
      expect.arrayContaining([
        ["rate(5 minutes)", '{"source":"ringcx.mirror"}'],
        ["rate(1 minute)", '{"source":"ringcx.sweep"}'],
      ]),
    );
  });

  test("producers of other accounts may send, and nothing more", () => {
    const shared = synthesized({
      ...plainEnvironment,
      provisioning: { producers: ["210987654321", "arn:aws:iam::109876543210:role/crm"] },
    });
    const granted = resourcesOf(shared, "AWS::SQS::QueuePolicy")
      .flatMap(
        ([, { Properties }]) => (Properties.PolicyDocument as { Statement: Record<string, unknown>[] }).Statement,
      )
      .filter(({ Effect, Principal }) => Effect === "Allow" && JSON.stringify(Principal).includes("AWS"));
    expect(granted).toHaveLength(4); // two queues, two producers
    for (const { Action } of granted) expect([Action].flat().sort()).toEqual(["sqs:GetQueueUrl", "sqs:SendMessage"]);
  });

  test("tags of the environment are on the table", () => {
    const tagged = synthesized({ ...plainEnvironment, tags: { "cost-center": "crm" } });
    tagged.hasResourceProperties("AWS::DynamoDB::Table", { Tags: [{ Key: "cost-center", Value: "crm" }] });
  });
});
