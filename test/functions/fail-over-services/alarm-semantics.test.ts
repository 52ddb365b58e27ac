import { readFile } from "node:fs/promises";
import {
  CloudWatchClient,
  DeleteAlarmMuteRuleCommand,
  DeleteAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  PutAlarmMuteRuleCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
} from "@aws-sdk/client-cloudwatch";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { Stack } from "aws-cdk-lib";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createReadAlarmStates } from "../../../functions/fail-over-services/evidence/alarm-states.ts";
import { createFindAlarmTags } from "../../../functions/fail-over-services/watchlist/find-alarm-tags.ts";
import type { LocalHost } from "../../../infra/local/local-host.ts";
import { startStackHost } from "../../../infra/local/stack-host.ts";
import { type Fixture, startFixture } from "./fixture.ts";

let host: LocalHost;
let cloudWatch: CloudWatchClient;
let fixture: Fixture;
/** Each test has alarms of its own. */
let tests = 0;

beforeAll(async () => {
  host = await startStackHost((app) => new Stack(app, "Alarms"));
  cloudWatch = new CloudWatchClient(host.clientConfig);
});
afterAll(() => host.stop());

beforeEach(async () => {
  tests += 1;
  fixture = await startFixture();
  fixture.dependencies.readAlarmStates = createReadAlarmStates(() => cloudWatch);
  const client = new ResourceGroupsTaggingAPIClient(host.clientConfig);
  const place = { region: host.region, account: "000000000000", roleArn: undefined, client };
  const find = createFindAlarmTags([place]);
  fixture.dependencies.findAlarmTags = async () => {
    const read = await find();
    return { ...read, tags: read.tags.filter(({ alarmArn }) => alarmArn.includes(`:alarm:${tests}-`)) };
  };
});
afterEach(() => fixture.stop());

const nameOf = (name: string) => `${tests}-${name}`;
const arn = (name: string) => `arn:aws:cloudwatch:${host.region}:000000000000:alarm:${nameOf(name)}`;
const measured = {
  Namespace: "n",
  MetricName: "m",
  Period: 60,
  Statistic: "Sum" as const,
  ComparisonOperator: "GreaterThanThreshold" as const,
  EvaluationPeriods: 1,
  Threshold: 1,
};
const put = (name: string) => cloudWatch.send(new PutMetricAlarmCommand({ ...measured, AlarmName: nameOf(name) }));
const putComposite = (name: string, seconds?: number) =>
  cloudWatch.send(
    new PutCompositeAlarmCommand({
      AlarmName: nameOf(name),
      AlarmRule: `ALARM(${nameOf("child")})`,
      ...(seconds !== undefined && {
        ActionsSuppressor: nameOf("maintenance"),
        ActionsSuppressorWaitPeriod: seconds,
        ActionsSuppressorExtensionPeriod: seconds,
      }),
    }),
  );
const set = (name: string, StateValue: "OK" | "ALARM" | "INSUFFICIENT_DATA") =>
  cloudWatch.send(new SetAlarmStateCommand({ AlarmName: nameOf(name), StateValue, StateReason: `${StateValue}.` }));
const disable = (name: string) => cloudWatch.send(new DisableAlarmActionsCommand({ AlarmNames: [nameOf(name)] }));
const enable = (name: string) => cloudWatch.send(new EnableAlarmActionsCommand({ AlarmNames: [nameOf(name)] }));
const remove = (name: string) => cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [nameOf(name)] }));
const event = (name: string) => fixture.event([{ resources: [arn(name)] }]);
const told = () => fixture.takeOutcomes().map(({ summary }) => summary);

/** The alarm fires, and CloudWatch evaluates again. */
async function outAndBack() {
  await put("crm");
  const service = await fixture.service("lookup", { alarms: [arn("crm")] });
  await set("crm", "ALARM");
  await event("crm");
  expect(service.isActive()).toBe(false);
  await set("crm", "OK");
  await fixture.minutes(7);
  expect(service.isActive()).toBe(true);
}

/** Lines of the table in docs/failover.md, by their first column: each says what this shows. */
const lines: Readonly<Record<string, () => Promise<void>>> = {
  "in ALARM, its actions enabled": outAndBack,

  async "in ALARM, its actions disabled"() {
    await put("crm");
    await disable("crm");
    const service = await fixture.service("lookup", { alarms: [arn("crm")] });
    await set("crm", "ALARM");
    await event("crm");
    await fixture.minutes(3);
    expect(service.isActive()).toBe(true);
    expect(told()).toEqual([expect.stringMatching(/crm fires, but its actions are disabled: ALARM\./)]);
    await enable("crm");
    await fixture.minutes(1);
    expect(service.isActive()).toBe(false);
    await disable("crm");
    await fixture.minutes(30);
    expect(service.isActive()).toBe(false);
  },

  async "a composite alarm whose actions are suppressed"() {
    await put("maintenance");
    await putComposite("crm", 600);
    const service = await fixture.service("lookup", { alarms: [arn("crm")] });
    await set("crm", "ALARM");
    await event("crm");
    await set("maintenance", "ALARM");
    await fixture.minutes(2);
    await set("maintenance", "OK");
    await fixture.minutes(2);
    expect(service.isActive()).toBe(true);
    expect(told()).toEqual([expect.stringMatching(/its actions are suppressed: it waits whether .*maintenance fires/)]);
    await putComposite("crm", 0);
    await fixture.minutes(1);
    expect(service.isActive()).toBe(false);
  },

  async "muted by an alarm mute rule"() {
    await put("crm");
    const Name = nameOf("window");
    const Expression = `at(${new Date(Date.now() - 120_000).toISOString().slice(0, 16)})`;
    await cloudWatch.send(
      new PutAlarmMuteRuleCommand({
        Name,
        Rule: { Schedule: { Expression, Duration: "PT1H" } },
        MuteTargets: { AlarmNames: [nameOf("crm")] },
      }),
    );
    const service = await fixture.service("lookup", { alarms: [arn("crm")] });
    await set("crm", "ALARM");
    await event("crm");
    await fixture.minutes(3);
    expect(service.isActive()).toBe(true);
    expect(told()).toEqual([expect.stringMatching(/crm fires, but the mute rule .*window is active: ALARM\./)]);
    await cloudWatch.send(new DeleteAlarmMuteRuleCommand({ AlarmMuteRuleName: Name }));
    await fixture.minutes(1);
    expect(service.isActive()).toBe(false);
  },

  async "a composite alarm"() {
    await put("child");
    await disable("child");
    await putComposite("crm");
    const service = await fixture.service("lookup", { alarms: [arn("crm")] });
    await set("child", "ALARM");
    await set("crm", "OK");
    await fixture.minutes(1);
    expect(service.isActive()).toBe(true);
    await set("child", "OK");
    await set("child", "ALARM");
    await event("crm");
    expect(service.isActive()).toBe(false);
  },

  async "deleted while it fires"() {
    await put("crm");
    const probed = await fixture.service("probed", { alarms: [arn("crm")] });
    fixture.probe.result = { passed: false, kind: "UNREACHABLE", because: "503" };
    await set("crm", "ALARM");
    await fixture.minutes(1);
    await remove("crm");
    await fixture.minutes(10);
    expect(probed.isActive()).toBe(false);
    expect(told().filter((each) => each.includes("there is no alarm"))).toHaveLength(1);
    fixture.probe.result = { passed: true, ms: 1 };
    await fixture.minutes(7);
    expect(probed.isActive()).toBe(true);
    await put("other");
    const unprobed = await fixture.service("unprobed", { alarms: [arn("other")] }, { isProbed: false });
    await fixture.minutes(20);
    await set("other", "ALARM");
    await event("other");
    await remove("other");
    await fixture.minutes(30);
    expect(unprobed.isActive()).toBe(false);
    await fixture.command("activate", "unprobed");
    expect(unprobed.isActive()).toBe(true);
  },

  async "renamed: deleted, and made under another name"() {
    const tagWith = async (name: string, { ids }: { ids: string }) => {
      await put(name);
      const Tags = [{ Key: "ringcx:services", Value: ids }];
      await cloudWatch.send(new TagResourceCommand({ ResourceARN: arn(name), Tags }));
    };
    const service = await fixture.undeclared("lookup");
    await tagWith("old", service);
    await set("old", "ALARM");
    await fixture.minutes(6);
    expect(service.isActive()).toBe(false);
    await tagWith("new", service);
    await set("new", "ALARM");
    await remove("old");
    await fixture.minutes(20);
    expect(service.isActive()).toBe(false);
    await set("new", "OK");
    await fixture.minutes(7);
    expect(service.isActive()).toBe(true);
    expect(told().filter((each) => each.includes("activated: no alarm fires"))).toHaveLength(1);
  },

  async INSUFFICIENT_DATA() {
    await put("crm");
    const service = await fixture.service("lookup", { alarms: [arn("crm")] });
    await event("crm");
    await fixture.minutes(2);
    expect(service.isActive()).toBe(true);
    await set("crm", "ALARM");
    await event("crm");
    await set("crm", "INSUFFICIENT_DATA");
    await fixture.minutes(7);
    expect(service.isActive()).toBe(true);
  },

  async "evaluation windows, missing and late data"() {
    await put("crm");
    const service = await fixture.service("lookup", { alarms: [arn("crm")] });
    await set("crm", "ALARM");
    await set("crm", "OK");
    await event("crm");
    await fixture.minutes(1);
    expect(service.isActive()).toBe(true);
    await set("crm", "ALARM");
    await fixture.minutes(1);
    expect(service.isActive()).toBe(false);
  },

  // As every state here is set; CloudWatch's next evaluation is the second one.
  "set by `set-alarm-state`": outAndBack,

  async "cannot be asked"() {
    await put("crm");
    const service = await fixture.service("lookup", { alarms: [arn("crm")] });
    await set("crm", "ALARM");
    await event("crm");
    fixture.dependencies.readAlarmStates = createReadAlarmStates(() => {
      throw Object.assign(new Error("not authorized"), { name: "AccessDenied" });
    });
    await set("crm", "OK");
    await fixture.minutes(30);
    expect(service.isActive()).toBe(false);
    expect(told().filter((each) => each.includes("Grant cloudwatch:DescribeAlarms"))).toHaveLength(1);
  },
};

test.each(Object.entries(lines))("%s", (_, show) => show());

test("the table has these lines, and these only", async () => {
  const text = await readFile(new URL("../../../docs/failover.md", import.meta.url), "utf8");
  const [, table = ""] = text.split("| an alarm that is |");
  const [rows = ""] = table.split("\n\n");
  const first = rows
    .split("\n")
    .slice(2)
    .map((row) => row.split("|")[1]?.trim());
  expect(first).toEqual(Object.keys(lines));
});
