import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { type App, Stack } from "aws-cdk-lib";
import { AccountPrincipal, PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createAlarmClients } from "../../../../functions/fail-over-services/evidence/alarm-clients.ts";
import { createReadAlarmStates } from "../../../../functions/fail-over-services/evidence/alarm-states.ts";
import { createFindAlarmTags } from "../../../../functions/fail-over-services/watchlist/find-alarm-tags.ts";
import type { LocalHost } from "../../../../infra/local/local-host.ts";
import { startStackHost } from "../../../../infra/local/stack-host.ts";
import { testClock } from "../../../support/client-fakes.ts";

const account = "000000000000";
let host: LocalHost;

/** What the owner of another account's alarms makes for us: a role that reads them, and one that may not. */
class ReaderStack extends Stack {
  constructor(app: App) {
    super(app, "Reader");
    const assumedBy = new AccountPrincipal(account);
    const reader = new Role(this, "ReaderRole", { assumedBy, roleName: "reads-alarms" });
    const actions = ["cloudwatch:DescribeAlarms", "tag:GetResources"];
    reader.addToPolicy(new PolicyStatement({ actions, resources: ["*"] }));
    new Role(this, "OtherRole", { assumedBy, roleName: "reads-nothing" });
  }
}

beforeAll(async () => {
  host = await startStackHost((app) => new ReaderStack(app));
  const { accessKeyId, secretAccessKey } = host.credentials;
  vi.stubEnv("AWS_ENDPOINT_URL", host.endpoint);
  vi.stubEnv("AWS_REGION", host.region);
  vi.stubEnv("AWS_ACCESS_KEY_ID", accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretAccessKey);
  const cloudWatch = new CloudWatchClient({});
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: "crm",
      Namespace: "n",
      MetricName: "m",
      Period: 60,
      Statistic: "Sum",
      ComparisonOperator: "GreaterThanThreshold",
      EvaluationPeriods: 1,
      Threshold: 1,
      Tags: [{ Key: "ringcx:services", Value: "1/2/3" }],
    }),
  );
  await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: "crm", StateValue: "ALARM", StateReason: "High." }));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await host.stop();
});

const arnOf = (name: string) => `arn:aws:cloudwatch:${host.region}:${account}:alarm:${name}`;
const tools = { clock: testClock(0), random: () => 0.5 };
const withRole = (name: string) =>
  createAlarmClients(
    { awsAccountId: account, alarmReadRoleArns: { [account]: `arn:aws:iam::${account}:role/${name}` } },
    tools,
  );

test("alarms of another account are read with the role that the settings name for it", async () => {
  const states = await createReadAlarmStates(withRole("reads-alarms").cloudWatch)([arnOf("crm")]);
  expect(states.get(arnOf("crm"))).toMatchObject({ state: "ALARM", reason: "High." });
});

test.each([
  [
    "may not read them",
    "reads-nothing",
    /AccessDenied.*Grant cloudwatch:DescribeAlarms on all resources to .*nothing$/,
  ],
  ["is not there", "gone", /AccessDenied.*Let the function's role assume .*gone/],
])("where that role %s, their state is unknown, and the others' are known", async (_, role, because) => {
  const other = createAlarmClients({ awsAccountId: "111122223333", alarmReadRoleArns: {} }, tools);
  const clients = withRole(role);
  const readAlarmStates = createReadAlarmStates(
    (place) => (place.account === account ? clients : other).cloudWatch(place),
    { [account]: `arn:aws:iam::${account}:role/${role}` },
  );
  const elsewhere = arnOf("crm").replace(account, "111122223333");
  const states = await readAlarmStates([arnOf("crm"), elsewhere]);
  expect(states.get(arnOf("crm"))).toMatchObject({ state: "UNKNOWN", because: expect.stringMatching(because) });
  expect(states.get(elsewhere)).toEqual({ state: "MISSING" });
});

test("where a role may not read mute rules, an alarm counts, and it is said what to grant", async () => {
  const roleArn = `arn:aws:iam::${account}:role/reads-alarms`;
  const readStates = createReadAlarmStates(withRole("reads-alarms").cloudWatch, { [account]: roleArn });
  for (const isUrgent of [false, true]) {
    const state = (await readStates([arnOf("crm")], { isUrgent })).get(arnOf("crm"));
    expect(state).toMatchObject({
      state: "ALARM",
      muteUnknown: expect.stringMatching(/ListAlarmMuteRules.*reads-alarms$/),
    });
    expect(state).not.toHaveProperty("muted");
  }
});

const tag = () => ({ alarmArn: arnOf("crm"), value: "1/2/3" });

test("tags are looked for here and in every account that there is a role for", async () => {
  const read = await createFindAlarmTags(withRole("reads-alarms").tagging([host.region]))();
  // Here both accounts are the same one.
  expect(read).toEqual({ tags: [tag(), tag()], unread: [] });
  const elsewhere = await createFindAlarmTags(withRole("reads-alarms").tagging(["eu-west-1"]))();
  expect(elsewhere).toEqual({ tags: [], unread: [] });
});

test.each([
  ["may not read them", "reads-nothing", /AccessDenied.*Grant tag:GetResources on all resources to .*reads-nothing$/],
  ["is not there", "gone", /AccessDenied.*Let the function's role assume .*gone: its trust policy must name it$/],
])("where a role %s, the tags of all other places are read, and it is said what to grant", async (_, role, because) => {
  const read = await createFindAlarmTags(withRole(role).tagging([host.region]))();
  const roleArn = `arn:aws:iam::${account}:role/${role}`;
  expect(read.tags).toEqual([tag()]);
  expect(read.unread).toEqual([{ region: host.region, account, roleArn, because: expect.stringMatching(because) }]);
});
