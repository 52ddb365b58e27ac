import { Duration, type Stack } from "aws-cdk-lib";
import { Metric } from "aws-cdk-lib/aws-cloudwatch";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { AlarmForwarding, RingCxAutomation, RotatedAuthSecret, ServiceHealth } from "../../package/index.ts";
import { importedAttributes } from "./synthesized.ts";

/** How a construct or method is asked. */
export type Made = (stack: Stack, props: never) => unknown;

const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:111122223333:${rest}`;
/** A function of the stack. */
export const fn = (stack: Stack) =>
  new LambdaFunction(stack, "Fn", {
    runtime: Runtime.NODEJS_24_X,
    handler: "index.handler",
    code: Code.fromInline("exports.handler = async () => {}"),
  });
export const connections = [{ name: "main", accountIds: ["123456"] }];
export const imported = (stack: Stack) =>
  RingCxAutomation.fromAutomationAttributes(stack, "Imported", importedAttributes);
export const uuid = "60629848-0ddf-4757-8868-de5b76d54bb7";

/** What is right, so that the wrong value is the only one. Constructs of CDK's are left as they are. */
export const doors: readonly [name: string, make: Made, right: Record<string, unknown>][] = [
  [
    "RotatedAuthSecret",
    (stack, props) => new RotatedAuthSecret(stack, "Made", props),
    {
      secretName: "crm/key",
      connection: "main",
      environment: "test",
      accountIds: ["123456"],
      hosts: ["api.example.com"],
      authConfigs: { authType: "OAUTH", ids: [uuid] },
      rotation: {
        rotationFunctionArn: arn("lambda", "function:rotate").replace("eu-central-1", "eu-west-1"),
        issuer: "random",
        every: Duration.days(30),
        overlap: Duration.hours(2),
        firstCredentialId: "key-1",
      },
      rotateWithin: Duration.days(90),
      proveWithin: Duration.hours(1),
    },
  ],
  [
    "ServiceHealth",
    (stack, props) => new ServiceHealth(stack, "Made", props),
    {
      metric: new Metric({ namespace: "Crm", metricName: "Errors" }),
      threshold: 1,
      evaluationPeriods: 1,
      services: [{ accountId: "123456", serviceGroupId: 1, serviceId: 2 }],
    },
  ],
  [
    "AlarmForwarding",
    (stack, props) => new AlarmForwarding(stack, "Made", props),
    { eventBusArn: arn("events", "event-bus/RingCxAutomation-test"), alarmNamePrefixes: ["crm-"] },
  ],
  [
    "fromAutomationAttributes",
    (stack, props) => RingCxAutomation.fromAutomationAttributes(stack, "Made", props),
    importedAttributes,
  ],
  [
    "RingCxAutomation",
    (stack, props) => new RingCxAutomation(stack, "Made", props),
    {
      name: "test",
      connections: [
        {
          ...{ name: "main", accountIds: ["123456"], requireEnvironmentTag: false },
          ...{ ringcxUrl: "https://ringcx.example.com", platformUrl: "https://platform.example.com" },
          quota: { limit: 60, windowMs: 60_000, guardMs: 500, scope: "account" },
        },
      ],
      probe: {
        allowedHosts: ["api.example.com"],
        ...{ allowPrivateAddresses: false, allowHttp: false, timeoutMs: 500, maxBytes: 100 },
      },
      rotation: {
        ...{ schedule: "rate(5 minutes)", onChange: "report", unmanagedAuthConfigs: [`123456/${uuid}`] },
        issuerFunctionArns: ["arn:aws:lambda:eu-west-1:111122223333:function:issuer"],
        unproven: { couldNotBeAsked: "wait", notProvable: "write" },
      },
      confinement: { onViolation: "report" },
      failover: {
        ...{ mode: "observe", sweepSchedule: "rate(1 minute)", recoverAfterSeconds: 1, probesInARow: 1 },
        ...{ leastSecondsBetweenProbes: 1, reserveConcurrency: false, alarmRegions: ["eu-west-1"] },
        guards: {
          flap: { openings: 3, withinMinutes: 60, quietMinutes: 30 },
          blastRadius: { share: 0.5, withinMinutes: 10 },
        },
        alarmNamePrefixes: ["crm-"],
        alarmReadRoleArns: { "210987654321": "arn:aws:iam::210987654321:role/reads-alarms" },
        commandSenders: [{ senderId: "AROAABCDEFGHIJKLMNOP", accountIds: ["123456"] }],
      },
      provisioning: {
        producers: ["210987654321"],
        senders: [{ senderId: "AROAABCDEFGHIJKLMNOP", accountIds: ["123456"] }],
      },
      notifications: {
        ...{ alarms: ["a@example.com"], page: ["b@example.com"], ticket: ["c@example.com"] },
        outcomes: [{ endpoint: "d@example.com", statuses: ["FAILED"] }],
        chat: { statuses: ["FAILED"] },
      },
      accountsIn: "variables",
      logRetentionDays: 30,
      encryptLogs: false,
      vpc: { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"] },
    },
  ],
  ["onOutcome", (stack, options) => imported(stack).onOutcome(fn(stack), options), { statuses: ["FAILED"] }],
];
