import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import {
  documentStatements,
  everySetting,
  plainEnvironment,
  type Resource,
  resourcesOf,
  statementsOf,
  synthesized,
  target,
} from "./synthesized.ts";

const template = synthesized();
const queues = resourcesOf(template, "AWS::SQS::Queue");
const functions = resourcesOf(template, "AWS::Lambda::Function");
const mappings = resourcesOf(template, "AWS::Lambda::EventSourceMapping");

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
      // The next minute's message is the same.
      if (id.includes("SweepQueue")) continue;
      const source = queues.find(([name]) => name === id)?.[1].Properties ?? {};
      const redrive = source.RedrivePolicy as { deadLetterTargetArn: unknown; maxReceiveCount: number };
      const rejects = queues.find(([name]) => name === target(redrive.deadLetterTargetArn))?.[1].Properties ?? {};
      expect(rejects.MessageRetentionPeriod, id).toBe(14 * 24 * 60 * 60);
      expect(rejects.FifoQueue, id).toBe(source.FifoQueue);
    }
  });

  test("a message of a standard queue keeps its age when it is rejected, so that it leaves days to mend it", () => {
    const standard = queues.filter(([, { Properties }]) => Properties.RedrivePolicy && !Properties.FifoQueue);
    expect(standard).toHaveLength(3);
    for (const [id, { Properties }] of standard) expect(Properties.MessageRetentionPeriod, id).toBe(4 * 24 * 60 * 60);
  });

  test("deliveries of a provisioning message are deferrals, not failures: 1,000 before SQS gives up", () => {
    template.hasResourceProperties("AWS::SQS::Queue", {
      FifoQueue: true,
      RedrivePolicy: { maxReceiveCount: 1_000 },
    });
  });

  test("what is in a dead-letter queue has a command that moves it back to its queue; alarms' events are not worth it", () => {
    const outputs = Object.entries(template.findOutputs("*")).filter(([name]) => name.startsWith("Redrive"));
    const commands = outputs.map(([, { Value }]) => JSON.stringify(Value));
    const sources = queues.filter(([id, { Properties }]) => Properties.RedrivePolicy && !id.includes("AlarmQueue"));
    expect(commands).toHaveLength(sources.length);
    for (const [id, { Properties }] of sources) {
      const rejects = target((Properties.RedrivePolicy as { deadLetterTargetArn: unknown }).deadLetterTargetArn);
      const moves = new RegExp(`--source-arn .*"${rejects}".* --destination-arn .*"${id}"`);
      expect(
        commands.some((command) => moves.test(command)),
        id,
      ).toBe(true);
    }
  });

  /** A queue's visibility time-out and its function's time-out, in seconds. */
  const timeoutsOf = ({ Properties }: Resource) => {
    const queue = queues.find(([id]) => id === target(Properties.EventSourceArn))?.[1].Properties;
    const fn = functions.find(([id]) => id === target(Properties.FunctionName))?.[1].Properties;
    return { visibility: Number(queue?.VisibilityTimeout), timeout: Number(fn?.Timeout) };
  };

  test("a message stays hidden for six times the function's time-out, so that a retry of the poller is no second delivery", () => {
    for (const [, mapping] of mappings) {
      // What is delivered twice does no harm there, and what a killed function had should come again soon.
      const times = /WakeQueue|SweepQueue|ProvisioningQueue/.test(target(mapping.Properties.EventSourceArn)) ? 1 : 6;
      const { visibility, timeout } = timeoutsOf(mapping);
      expect(visibility).toBeGreaterThanOrEqual(times * timeout);
    }
  });

  test("a FIFO queue's group is held by a function that was killed for less than the 15 s that another message may wait", () => {
    const fifo = mappings.filter(([, { Properties }]) => /ProvisioningQueue/.test(target(Properties.EventSourceArn)));
    expect(fifo).toHaveLength(1);
    for (const [, mapping] of fifo) expect(timeoutsOf(mapping).visibility).toBeLessThanOrEqual(12);
  });

  test("who takes messages in can open no secret, and removes nothing", () => {
    const intake = statementsOf(template).filter(({ id }) => id.includes("AcceptMessagesRole"));
    const actions = intake.flatMap((statement) => statement.actions);
    expect(actions.filter((action) => /secretsmanager|DeleteItem/.test(action))).toEqual([]);
    expect(actions).toContain("dynamodb:PutItem");
  });
});

test("every topic is encrypted with the stack's key, and refuses plain HTTP", () => {
  const topics = resourcesOf(template, "AWS::SNS::Topic");
  const [[key]] = resourcesOf(template, "AWS::KMS::Key") as [[string, Resource]];
  for (const [id, { Properties }] of topics) expect(target(Properties.KmsMasterKeyId), id).toBe(key);
  const guarded = resourcesOf(template, "AWS::SNS::TopicPolicy").filter(([, { Properties }]) =>
    documentStatements(Properties.PolicyDocument).some(
      ({ Effect, Condition }) =>
        Effect === "Deny" && JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
    ),
  );
  const refusing = guarded.flatMap(([, { Properties }]) => (Properties.Topics as unknown[]).map(target));
  expect(refusing.sort()).toEqual(topics.map(([id]) => id).sort());
});

describe("functions", () => {
  test("concurrency is bounded at the source", () => {
    expect(mappings).toHaveLength(5);
    for (const [id, { Properties }] of mappings) {
      expect(Properties.ScalingConfig, id).toEqual({ MaximumConcurrency: expect.any(Number) });
      expect(Properties.FunctionResponseTypes, id).toEqual(["ReportBatchItemFailures"]);
    }
  });

  test("every function runs on Node 24 and arm64, is traced, and has a log group that forgets", () => {
    const groups = resourcesOf(template, "AWS::Logs::LogGroup");
    expect(functions).toHaveLength(5);
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
});

describe("what is kept", () => {
  test("table, key and connection secrets outlive the stack", () => {
    for (const type of ["AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::SecretsManager::Secret"]) {
      for (const [id, resource] of resourcesOf(template, type)) {
        // A first deployment that fails leaves nothing.
        expect(resource.DeletionPolicy, id).toBe("RetainExceptOnCreate");
        expect(resource.UpdateReplacePolicy, id).toBe("Retain");
      }
    }
  });

  test("the table can be restored to any second, and forgets what may expire", () => {
    template.hasResourceProperties("AWS::DynamoDB::Table", {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      // It would keep a first deployment that failed from taking the table away: `npm run deploy` turns it on afterwards.
      DeletionProtectionEnabled: Match.absent(),
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
  test("alarms that change state go to the queue, which outlives an outage of ours", () => {
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
        ["rate(5 minutes)", '{"source":"ringcx.mirror","time":"<aws.scheduler.scheduled-time>"}'],
        ["rate(1 minute)", '{"source":"ringcx.sweep","time":"<aws.scheduler.scheduled-time>"}'],
      ]),
    );
  });

  test("in a VPC every function runs in the subnets of the settings, and its code may make no network interfaces", () => {
    const vpc = { subnetIds: ["subnet-0a1b2c3d", "subnet-0e1f2a3b"], securityGroupIds: ["sg-0c1d2e3f"] };
    const inside = synthesized({ ...plainEnvironment, vpc });
    for (const [id, { Properties }] of resourcesOf(inside, "AWS::Lambda::Function")) {
      expect(Properties.VpcConfig, id).toEqual({ SubnetIds: vpc.subnetIds, SecurityGroupIds: vpc.securityGroupIds });
    }
    const denied = statementsOf(inside).filter(({ statement }) => statement.Effect === "Deny");
    expect(denied).toHaveLength(5);
    for (const { statement } of denied) {
      expect(statement.Condition).toEqual({ Null: { "lambda:SourceFunctionArn": "false" } });
    }
  });

  test("a permissions boundary bounds every role", () => {
    const permissionsBoundaryArn = "arn:aws:iam::111122223333:policy/boundary";
    const roles = resourcesOf(synthesized({ ...plainEnvironment, permissionsBoundaryArn }), "AWS::IAM::Role");
    expect(roles.length).toBeGreaterThan(0);
    for (const [id, { Properties }] of roles) expect(Properties.PermissionsBoundary, id).toBe(permissionsBoundaryArn);
  });

  test("who wants to know of outcomes hears of those only whose status was asked for", () => {
    const outcomes = [
      { endpoint: "team@example.com", statuses: ["REJECTED" as const, "FAILED" as const] },
      { endpoint: "https://example.com/outcomes" },
    ];
    const told = synthesized({ ...plainEnvironment, notifications: { outcomes } });
    const subscriptions = resourcesOf(told, "AWS::SNS::Subscription").map(([, { Properties }]) => Properties);
    expect(subscriptions).toEqual([
      expect.objectContaining({
        Protocol: "email",
        Endpoint: "team@example.com",
        FilterPolicy: { status: ["REJECTED", "FAILED"] },
      }),
      expect.objectContaining({ Protocol: "https", Endpoint: "https://example.com/outcomes" }),
    ]);
  });

  test("variables that Lambda would refuse are refused when the stack is synthesized, with the longest of them", () => {
    const allowedHosts = Array.from({ length: 150 }, (_, index) => `crm-${index}.customers.example.com`);
    expect(() => synthesized({ ...plainEnvironment, probe: { allowedHosts } })).toThrow(
      /variables of Failover\/FailOverServices have about \d+ bytes, and Lambda takes 4096 \(\d+ of them probe; .*probe\.allowedHosts/,
    );
    const issuerFunctionArns = Array.from(
      { length: 60 },
      (_, at) => `arn:aws:lambda:eu-central-1:111122223333:function:issuer-of-a-customer-${at}`,
    );
    expect(() => synthesized({ ...plainEnvironment, rotation: { issuerFunctionArns } })).toThrow(
      /\(\d+ of them rotation; .*\).*\. To mend it, shorten rotation\.issuerFunctionArns/,
    );
    const connections = Array.from({ length: 40 }, (_, at) => ({ name: `customer-${at}`, accountIds: [`${at + 1}`] }));
    // Wherever their accounts are, it is the connections that are too many.
    for (const accountsIn of ["parameters", "variables"] as const) {
      expect(() => synthesized({ ...plainEnvironment, connections, accountsIn })).toThrow(
        /connections: are 40, and the functions' variables have room for about 1\d of them.*leave about 1\d here(?!.*accountsIn)/,
      );
    }
    // By the settings' names: nobody who writes them has seen the variables'.
    const accountIds = Array.from({ length: 400 }, (_, at) => `${1_000_000 + at}`);
    const senders = [{ senderId: "AROAEXAMPLEEXAMPLE123", accountIds }];
    expect(() =>
      synthesized({ ...plainEnvironment, connections: [{ name: "main", accountIds }], provisioning: { senders } }),
    ).toThrow(/name connections instead of accountIds in provisioning\.senders(?!.*COMMAND_SENDERS)/);
  });

  test.each([false, true])("logs and schedules are under the stack's key where settings say so (%s)", (encryptLogs) => {
    const stack = synthesized({ ...plainEnvironment, encryptLogs });
    const [[key, { Properties }]] = resourcesOf(stack, "AWS::KMS::Key") as [[string, Resource]];
    const expected = encryptLogs ? key : "";
    const groups = resourcesOf(stack, "AWS::Logs::LogGroup");
    const schedules = resourcesOf(stack, "AWS::Scheduler::Schedule");
    expect([groups.length, schedules.length]).toEqual([5, 2]);
    for (const [id, group] of groups) expect(target(group.Properties.KmsKeyId), id).toBe(expected);
    for (const [id, schedule] of schedules) expect(target(schedule.Properties.KmsKeyArn), id).toBe(expected);
    const forLogs = documentStatements(Properties.KeyPolicy).filter(({ Condition }) =>
      JSON.stringify(Condition ?? {}).includes("kms:EncryptionContext:aws:logs:arn"),
    );
    expect(forLogs.map(({ Principal }) => Principal)).toEqual(
      encryptLogs ? [{ Service: "logs.eu-central-1.amazonaws.com" }] : [],
    );
  });

  /** CloudFormation gives these no tags. A schedule has none of its own in AWS either; only groups of them do. */
  const untaggable = [
    "AWS::Events::EventBusPolicy",
    "AWS::KMS::Alias",
    "AWS::IAM::Policy",
    "AWS::Lambda::Permission",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::Schedule",
    "AWS::CDK::Metadata",
    "AWS::Events::EventBusPolicy",
  ];

  test("tags of the environment are on everything that can carry them", () => {
    const tagged = synthesized({ ...everySetting, tags: { "cost-center": "crm" } });
    const without = Object.values(tagged.toJSON().Resources as Record<string, Resource>).filter(
      ({ Properties = {} }) => !JSON.stringify(Properties.Tags ?? {}).includes("cost-center"),
    );
    expect([...new Set(without.map(({ Type }) => Type))].filter((type) => !untaggable.includes(type))).toEqual([]);
  });
});
