import { type App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { type CfnDashboard, Dashboard, GraphWidget, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { AccountPrincipal, AnyPrincipal, type IGrantable, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { describe, expect, test } from "vitest";
import { AlarmForwarding, RingCxAutomation, RotatedAuthSecret, ServiceHealth } from "../../package/index.ts";
import { importedAttributes, plainApp } from "./synthesized.ts";

const env = { region: "eu-central-1", account: "111122223333" };
const connections = [{ name: "main", accountIds: ["123456"] }];
const stackOf = (app: App = plainApp()) => new Stack(app, "Contact", { env });

test("several automations share a stack, each with outputs under its own id", () => {
  const stack = stackOf();
  new RingCxAutomation(stack, "Test", { name: "test", connections });
  new RingCxAutomation(stack, "Live", { name: "live", connections: [{ name: "live", accountIds: ["223456"] }] });
  const outputs = Object.keys(Template.fromStack(stack).findOutputs("*"));
  expect(outputs).toContain("TestProvisioningQueueUrl");
  expect(outputs).toContain("LiveProvisioningQueueUrl");
  expect(outputs).not.toContain("ProvisioningQueueUrl");
});

test("its queues, topics, alarms and metrics are at hand", () => {
  const stack = stackOf();
  const automation = new RingCxAutomation(stack, "RingCx", { name: "live", connections });
  const role = new Role(stack, "Crm", { assumedBy: new AccountPrincipal("111122223333") });
  expect(automation.grantProvision(role).success).toBe(true);
  expect(automation.grantCommand(role).success).toBe(true);
  const fn = new LambdaFunction(stack, "Told", {
    runtime: Runtime.NODEJS_24_X,
    handler: "index.handler",
    code: Code.fromInline("exports.handler = async () => {}"),
  });
  automation.onOutcome(fn, { statuses: ["REJECTED", "FAILED"] });
  new RotatedAuthSecret(stack, "Secret", {
    connection: "main",
    accountIds: ["123456"],
    rotation: { rotationFunctionArn: automation.rotationFunction.functionArn, issuer: "random" },
  });
  expect(automation.alarms.length).toBeGreaterThan(20);
  expect(automation.metricServicesInactive().metricName).toBe("ServicesInactive");
  const template = Template.fromStack(stack);
  template.hasResourceProperties("AWS::SNS::Subscription", { FilterPolicy: { status: ["REJECTED", "FAILED"] } });
});

describe("one that another app made", () => {
  const policyOf = (stack: Stack) =>
    Object.values(Template.fromStack(stack).findResources("AWS::IAM::Policy")).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
  const roleIn = (stack: Stack) => new Role(stack, "Crm", { assumedBy: new AccountPrincipal("111122223333") });

  test("is used by its ARNs as one that is made here", () => {
    const stack = stackOf();
    const automation = RingCxAutomation.fromAutomationAttributes(stack, "RingCx", importedAttributes);
    automation.grantProvision(roleIn(stack));
    expect(policyOf(stack)).toEqual([
      expect.objectContaining({
        Action: ["sqs:SendMessage", "sqs:GetQueueUrl"],
        Resource: importedAttributes.provisioningQueueArn,
      }),
      expect.objectContaining({
        Action: ["kms:GenerateDataKey", "kms:Decrypt"],
        Condition: { StringEquals: { "kms:ViaService": ["sqs.eu-central-1.amazonaws.com"] } },
        Resource: importedAttributes.keyArn,
      }),
    ]);
    expect(automation.provisioningQueue.fifo).toBe(true);
    expect(automation.metricRequestsSent().dimensions).toEqual({ service: "ringcx-automation-live" });
    Template.fromStack(stack).resourceCountIs("AWS::SQS::Queue", 0);
  });

  test("is found by its name, in the parameters of its region", () => {
    const stack = stackOf();
    const automation = RingCxAutomation.fromAutomationName(stack, "RingCx", "live");
    automation.grantCommand(roleIn(stack));
    const parameters = Object.values(Template.fromStack(stack).findParameters("*"));
    expect(parameters.map(({ Default }) => Default)).toContain("/ringcx-automation/live/command-queue-arn");
    expect(JSON.stringify(policyOf(stack))).toContain("sqs.eu-central-1.amazonaws.com");
  });
});

describe("what is in another place", () => {
  const place = () => {
    const app = plainApp();
    const stack = stackOf(app);
    const automation = new RingCxAutomation(stack, "RingCx", { name: "live", connections });
    const [region, account] = ["us-east-1", "222222222222"];
    const there = new Stack(app, "There", { env: { region, account: env.account } });
    const theirs = new Stack(app, "Theirs", { env: { region: env.region, account } });
    return { stack, automation, there, theirs };
  };
  const at = place();
  const assumedBy = new AccountPrincipal("222222222222");

  test.each<[string, (at: ReturnType<typeof place>) => IGrantable]>([
    ["a role of another account", ({ stack }) => Role.fromRoleArn(stack, "R", "arn:aws:iam::222222222222:role/x")],
    [
      "one that is not to be changed",
      ({ stack }) => Role.fromRoleArn(stack, "Kept", "arn:aws:iam::222222222222:role/x", { mutable: false }),
    ],
    ["one of the app", ({ theirs }) => new Role(theirs, "R", { assumedBy })],
    ["an account", () => assumedBy],
    ["a service", () => new ServicePrincipal("events.amazonaws.com")],
    ["anybody", () => new AnyPrincipal()],
  ])("is granted nothing, and says so: %s", (_what, grantee) => {
    const to = grantee(at);
    const nothing = /^Contact\/RingCx\.grant: grantee: .*nothing would be granted\. Name .*provisioning\.producers/;
    expect(() => at.automation.grantProvision(to)).toThrow(nothing);
    expect(() => at.automation.grantCommand(to)).toThrow(nothing);
  });

  test("a function is not told of outcomes by a reference", () => {
    for (const where of ["there", "theirs"] as const) {
      const fn = new LambdaFunction(at[where], "Told", {
        ...{ runtime: Runtime.NODEJS_24_X, handler: "index.handler", code: Code.fromInline("x") },
      });
      expect(() => at.automation.onOutcome(fn)).toThrow(/onOutcome: fn: .*Told is in another AWS account or region/);
    }
  });

  test("a metric is refused for an alarm of another region, and says its region on a dashboard", () => {
    const { automation, there, stack } = at;
    const alarm = { threshold: 1, evaluationPeriods: 1 };
    automation.metricServicesInactive().createAlarm(stack, "Here", alarm);
    expect(() => automation.metricServicesInactive().createAlarm(there, "Alarm", alarm)).toThrow(/eu-central-1/);
    new Dashboard(there, "D").addWidgets(new GraphWidget({ left: [automation.metricRequestsSent()] }));
    expect(
      JSON.stringify(there.resolve(there.node.findAll().map((each) => (each as CfnDashboard).dashboardBody))),
    ).toContain("eu-central-1");
  });

  test("ARNs that are not of one automation are refused", () => {
    const attributes = {
      name: "live",
      provisioningQueueArn: "arn:aws:sqs:eu-west-1:111122223333:provisioning.fifo",
      commandQueueArn: "arn:aws:sqs:us-east-1:111122223333:commands",
      outcomeTopicArn: "arn:aws:sns:eu-west-1:222222222222:outcomes",
      keyArn: "arn:aws:kms:eu-west-1:111122223333:key/1",
    };
    expect(() => RingCxAutomation.fromAutomationAttributes(stackOf(), "It", attributes)).toThrow(
      /commandQueueArn: is of aws:us-east-1.*\n.*outcomeTopicArn: is of aws:eu-west-1:222222222222/,
    );
  });
});

describe("what is wrong is said with its place", () => {
  test("a stack without a region", () => {
    const stack = new Stack(plainApp(), "Contact");
    expect(() => new RingCxAutomation(stack, "RingCx", { name: "live", connections })).toThrow(
      /^Contact\/RingCx: its stack has no region\. Give it one/,
    );
  });

  test("wrong settings, all at once", () => {
    const wrong = { name: "Live!", connections: [{ name: "main", accountIds: ["abc"] }] };
    expect(() => new RingCxAutomation(stackOf(), "RingCx", wrong)).toThrow(
      /^RingCxAutomation Contact\/RingCx is wrong:\n {2}name: [\s\S]*connections\[0\]\.accountIds\[0\]: /,
    );
  });
});

describe("ServiceHealth", () => {
  const metric = new Metric({ namespace: "AWS/Route53", metricName: "HealthCheckStatus" });
  const place = (serviceId: number) => ({ accountId: "123456", serviceGroupId: 4567, serviceId });

  test("is an alarm whose tag names its services", () => {
    const stack = stackOf();
    new ServiceHealth(stack, "Crm", { metric, threshold: 1, evaluationPeriods: 1, services: [place(1), place(2)] });
    Template.fromStack(stack).hasResourceProperties("AWS::CloudWatch::Alarm", {
      Tags: [{ Key: "ringcx:services", Value: "123456/4567/1 123456/4567/2" }],
      TreatMissingData: "ignore",
    });
  });

  test("refuses more than the tag holds", () => {
    const services = Array.from({ length: 30 }, (_, index) => place(1_000 + index));
    expect(() => new ServiceHealth(stackOf(), "Crm", { metric, threshold: 1, evaluationPeriods: 1, services })).toThrow(
      /^Contact\/Crm: services: 30 of them are 509 characters, and a tag holds 256: name the alarm in the manifests/,
    );
  });
});

test("automations, secrets, alarms and handlers of an app are compared when it is synthesized", () => {
  const app = plainApp();
  const stack = stackOf(app);
  const abroad = new Stack(app, "Abroad", { env: { ...env, region: "us-east-1" } });
  const failover = { alarmRegions: ["eu-central-1", "us-east-1"] };
  const one = new RingCxAutomation(stack, "One", { name: "one", connections, failover });
  const two = new RingCxAutomation(stack, "Two", { name: "two", connections });
  const told = new LambdaFunction(stack, "Told", {
    runtime: Runtime.NODEJS_24_X,
    handler: "index.handler",
    code: Code.fromInline("//"),
  });
  one.onOutcome(told, { statuses: ["FAILED"] });
  two.onOutcome(told);
  expect(() => two.onOutcome(told)).toThrow(
    /Contact\/Told is called with its outcomes already.*all statuses in one call/,
  );
  new AlarmForwarding(abroad, "Alarms", { eventBusArn: one.alarmBus.eventBusArn });
  const { functionArn: rotationFunctionArn } = two.rotationFunction;
  const rotation = { rotationFunctionArn, issuer: "random" } as const;
  new RotatedAuthSecret(stack, "Secret", { connection: "mian", accountIds: ["123456"], rotation });
  const place = { accountId: "7", serviceGroupId: 1, serviceId: 2 };
  const metric = new Metric({ namespace: "Crm", metricName: "Errors" });
  new ServiceHealth(stack, "Health", { metric, threshold: 1, evaluationPeriods: 1, services: [place] });
  expect(() => app.synth()).toThrow(
    /Contact\/Two\] connections: "main" is one of Contact\/One, too[\s\S]*Contact\/Secret\] connection: "mian" is none of Contact\/Two/,
  );
  const warned = stack.node.findAll().flatMap(({ node }) => node.metadata.map(({ data }) => String(data)));
  expect(warned.filter((text) => text.includes("ack: ringcx-service-automation:"))).toEqual([
    expect.stringContaining("accountIds: 123456 of RingCX is served by Contact/One, too"),
    expect.stringContaining("services: account 7 is not served by Contact/One, Contact/Two"),
  ]);
});

test("settings that may be meant are warned of", () => {
  const stack = stackOf();
  const quota = { limit: 100_000 };
  const automation = new RingCxAutomation(stack, "RingCx", {
    name: "live",
    connections: [{ name: "main", accountIds: ["123456"], quota }],
    probe: {
      allowedHosts: [
        "*.com",
        "*.example.com",
        "api.example.com:8443",
        "169.254.169.254",
        "[::1]:80",
        "localhost:1",
        "crm",
      ],
      allowHttp: true,
    },
    failover: {
      mode: "off",
      alarmRegions: ["eu-central-1", "us-east-9"],
      alarmNamePrefixes: ["crm-*", "*", "crm-"],
    },
    notifications: {
      page: ["https://hooks.example.com/x?token=canary-1"],
      ticket: ["https://hooks.example.com/services/T000/B000/XXXX", "https://hooks.example.com"],
      outcomes: [{ endpoint: "https://hooks.example.com/x?token=canary-2" }, { endpoint: "on-call@example.com" }],
    },
    vpc: { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"] },
  });
  const ids = automation.node.metadata.map(
    ({ data }) => /ack: ringcx-service-automation:(\w+)/.exec(String(data))?.[1],
  );
  const hosts = [...Array(4).fill("privateHosts"), "wideHosts"];
  expect(ids).toEqual([
    "allowHttp",
    ...hosts,
    "looseQuota",
    "unknownRegion",
    "oneZone",
    "queryInUrl",
    "pathInUrl",
    "queryInUrl",
    "alarmRegionsOff",
    "wildcardPrefix",
    "wildcardPrefix",
    "coveredPrefix",
  ]);
  const told = automation.node.metadata.map(({ data }) => String(data)).join("\n");
  expect(told).toMatch(
    /alarmRegions\[1\]: us-east-9 is no region that the installed aws-cdk-lib knows\. Did you mean "us-east-1"/,
  );
  expect(told).toMatch(/failover\.alarmNamePrefixes: a prefix has no wildcard, and crm-\* is .*\. Write crm- /);
  expect(told).toMatch(/notifications\.page\[0\]: the URL at hooks\.example\.com has a query/);
  expect(told).toMatch(/all that begins with crm-\* begins with crm-, too/);
  expect(told).not.toMatch(/canary/);
  const logicalIds = Object.keys(Template.fromStack(stack).findResources("AWS::SNS::Subscription"));
  expect(logicalIds).toHaveLength(5);
  for (const id of logicalIds) expect(id).not.toMatch(/canary/i);
  // Another one would lose what was confirmed.
  expect(logicalIds.filter((id) => /oncallexamplecom/.test(id))).toHaveLength(1);
});

test("a region that the installed CDK does not know is warned of, and may be new", () => {
  const stack = new Stack(plainApp(), "New", { env: { region: "eu-central-9" } });
  const connections = [{ name: "main", accountIds: ["123456"] }];
  const { node } = new RingCxAutomation(stack, "RingCx", { name: "live", connections });
  expect(node.metadata.map(({ data }) => String(data))).toEqual([
    expect.stringMatching(/^region: eu-central-9 is no region .* Did you mean "eu-central-1"/),
  ]);
});
