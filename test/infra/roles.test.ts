import { describe, expect, test } from "vitest";
import { documentStatements, plainEnvironment, resourcesOf, statementsOf, synthesized, target } from "./synthesized.ts";

const template = synthesized();
const statements = statementsOf(template);
const byTag = "secretsmanager:ResourceTag/ringcx:connection";
const byEnvironment = "secretsmanager:ResourceTag/ringcx:environment";

/** Policies (their logical ids) that allow an action, with the statement that does. */
const allowing = (action: string) => statements.filter(({ actions }) => actions.includes(action));

describe("roles of the functions", () => {
  test("each function has its own, and none of them AWS's managed policies, which reach beyond its own log", () => {
    const roles = resourcesOf(template, "AWS::Lambda::Function").map(([, { Properties }]) => target(Properties.Role));
    expect(new Set(roles).size).toBe(5);
    for (const [id, { Properties }] of resourcesOf(template, "AWS::IAM::Role")) {
      expect(Properties.ManagedPolicyArns, id).toBeUndefined();
    }
  });

  test("a function writes its own log and no other", () => {
    const groups = allowing("logs:PutLogEvents").map(({ statement }) => target(statement.Resource));
    expect(new Set(groups).size).toBe(5);
  });

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
      "cloudwatch:ListAlarmMuteRules",
      "secretsmanager:ListSecrets",
      "tag:GetResources",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]);
  });

  test("the table is used item by item: nothing scans it, and no batch or transaction spans items", () => {
    const actions = new Set(statements.flatMap((each) => each.actions.filter((name) => name.startsWith("dynamodb:"))));
    expect([...actions].sort()).toEqual([
      "dynamodb:DeleteItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
    ]);
  });
});

test("the sync writes into single attributes of items, an activation record's, only where it may deactivate", () => {
  const updating = (onViolation: "report" | "deactivate") =>
    statementsOf(synthesized({ ...plainEnvironment, confinement: { onViolation } }))
      .filter(({ id, actions }) => id.startsWith("Rotation") && actions.includes("dynamodb:UpdateItem"))
      .map(({ id }) => id);
  expect(updating("report")).toEqual([]);
  expect(updating("deactivate")).toEqual([expect.stringMatching(/^RotationRotateCredentialsRole/)]);
});

describe("credential secrets of the integration teams", () => {
  const onAnySecret = statements.filter(({ statement }) => JSON.stringify(statement.Resource).includes(":secret:*"));

  test("are used only where their tags name a connection of this environment, and no other environment", () => {
    const used = onAnySecret.filter(({ actions }) => !actions.includes("secretsmanager:DescribeSecret"));
    const byPolicy = Map.groupBy(used, ({ id }) => id);
    expect(byPolicy.size).toBe(4);
    for (const [id, ofPolicy] of byPolicy) {
      expect(
        ofPolicy.map(({ statement }) => statement.Condition),
        id,
      ).toEqual([
        { StringEquals: { [byTag]: ["main"], [byEnvironment]: "plain" } },
        { StringEquals: { [byTag]: ["main"] }, Null: { [byEnvironment]: "true" } },
      ]);
    }
  });

  test("without the tag of the environment are none of ours where a connection requires it", () => {
    const [connection] = plainEnvironment.connections;
    const connections = [{ ...connection, name: "main", accountIds: ["123456"], requireEnvironmentTag: true }];
    const strict = statementsOf(synthesized({ ...plainEnvironment, connections }));
    expect(strict.filter(({ statement }) => JSON.stringify(statement.Condition ?? {}).includes('"Null"'))).toEqual([]);
  });

  test("can be described where they have the tag, so that a wrong one is answered with what is wrong", () => {
    const described = onAnySecret.filter(({ actions }) => actions.includes("secretsmanager:DescribeSecret"));
    expect(described).toHaveLength(4);
    for (const { statement, actions } of described) {
      expect(actions).toEqual(["secretsmanager:DescribeSecret"]);
      expect(statement.Condition).toEqual({ StringLike: { [byTag]: "*" } });
    }
  });

  test.each([
    ["secretsmanager:PutSecretValue", ["RotationRotateSecret"]],
    ["secretsmanager:RotateSecret", ["RotationRotateCredentials"]],
    ["secretsmanager:UpdateSecretVersionStage", ["RotationRotateCredentials", "RotationRotateSecret"]],
    // Whoever tells what became of a secret.
    ["secretsmanager:ListSecrets", ["FailoverFailOverServices", "RotationRotateCredentials"]],
  ])("%s is for rotation, and who tells of it, alone", (action, functions) => {
    const policies = [...new Set(allowing(action).map(({ id }) => id))];
    expect(policies.sort()).toEqual(functions.map((name) => expect.stringMatching(`${name}Role`)));
  });
});

describe("what else is asked for by name", () => {
  const issuer = "arn:aws:lambda:eu-central-1:111122223333:function:crm-issuer";
  const reader = "arn:aws:iam::210987654321:role/ringcx-reads-alarms";
  const named = statementsOf(
    synthesized({
      ...plainEnvironment,
      rotation: { issuerFunctionArns: [issuer] },
      failover: { alarmReadRoleArns: { "210987654321": reader } },
    }),
  );

  test("only the issuers of the settings are invoked, and only by rotation", () => {
    const invoking = named.filter(({ statement }) => statement.Resource === issuer);
    expect(invoking.map(({ id }) => id)).toEqual([
      expect.stringContaining("RotateCredentials"),
      expect.stringContaining("RotateSecret"),
    ]);
  });

  test("only the roles of the settings are assumed, and only by failover; without any, none", () => {
    const assuming = named.filter(({ actions }) => actions.includes("sts:AssumeRole"));
    expect(assuming.map(({ id, statement }) => [id, statement.Resource])).toEqual([
      [expect.stringContaining("FailOverServices"), reader],
    ]);
    expect(allowing("sts:AssumeRole")).toEqual([]);
  });
});

describe("others", () => {
  test("rules of other AWS accounts cannot put events on the alarm queue", () => {
    const sending = resourcesOf(template, "AWS::SQS::QueuePolicy")
      .flatMap(([, { Properties }]) => documentStatements(Properties.PolicyDocument))
      .filter(({ Principal }) => JSON.stringify(Principal) === '{"Service":"events.amazonaws.com"}');
    expect(sending).toHaveLength(2); // the queue, and the dead-letter queue of the rule
    for (const { Condition } of sending) expect(JSON.stringify(Condition)).toMatch(/aws:Source(Account|Arn)/);
  });

  test("an AWS service uses the key only for this account", () => {
    const [[, key] = []] = resourcesOf(template, "AWS::KMS::Key");
    const services = documentStatements(key?.Properties.KeyPolicy).filter(({ Principal }) =>
      JSON.stringify(Principal).includes("amazonaws.com"),
    );
    expect(services).toHaveLength(2);
    for (const { Condition } of services) {
      expect(Condition).toEqual({ StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } });
    }
  });

  test("producers of other accounts may send, and nothing more; the key serves them through SQS only", () => {
    const shared = synthesized({
      ...plainEnvironment,
      provisioning: { producers: ["210987654321", "arn:aws:iam::109876543210:role/crm"] },
    });
    const isProducers = ({ Principal }: Record<string, unknown>) =>
      /210987654321|109876543210/.test(JSON.stringify(Principal));
    const granted = resourcesOf(shared, "AWS::SQS::QueuePolicy")
      .flatMap(([, { Properties }]) => documentStatements(Properties.PolicyDocument))
      .filter(isProducers);
    expect(granted).toHaveLength(2); // one for each queue
    for (const { Action, Principal } of granted) {
      expect([Action].flat().sort()).toEqual(["sqs:GetQueueUrl", "sqs:SendMessage"]);
      expect((Principal as { AWS: unknown[] }).AWS).toHaveLength(2);
    }

    const [[, key] = []] = resourcesOf(shared, "AWS::KMS::Key");
    const keyed = documentStatements(key?.Properties.KeyPolicy).filter(isProducers);
    expect(keyed).toHaveLength(1); // without it SQS refuses what they send
    for (const { Action, Condition } of keyed) {
      expect(Action).toEqual(["kms:GenerateDataKey", "kms:Decrypt"]);
      expect(Condition).toEqual({ StringEquals: { "kms:ViaService": ["sqs.eu-central-1.amazonaws.com"] } });
    }
  });

  test("only Secrets Manager of this account may invoke the rotation function, and nobody any other", () => {
    const permissions = resourcesOf(template, "AWS::Lambda::Permission").map(([, { Properties }]) => Properties);
    expect(permissions).toEqual([
      expect.objectContaining({
        Principal: "secretsmanager.amazonaws.com",
        SourceAccount: { Ref: "AWS::AccountId" },
        Action: "lambda:InvokeFunction",
      }),
    ]);
  });
});
