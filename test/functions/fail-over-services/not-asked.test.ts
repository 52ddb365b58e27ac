import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAlarmClients } from "../../../functions/fail-over-services/evidence/alarm-clients.ts";
import { createReadAlarmStates } from "../../../functions/fail-over-services/evidence/alarm-states.ts";
import { sweepAccount } from "../../../functions/fail-over-services/triggers/sweep-account.ts";
import type { ProbeResult } from "../../../shared/probe/probe.ts";
import { authConfigRecordKey } from "../../../shared/records/account/auth-config.ts";
import { accountId, arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const secretArn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:crm";
const up: ProbeResult = { passed: true, ms: 1 };
const down = { passed: false, kind: "UNREACHABLE", because: "503" } as const;
const silent = { ...down, because: "no answer", isUnanswered: true } as const;
/** Nothing that this function sends gets out. */
const isolate = () => {
  fixture.probe.result = silent;
  fixture.dependencies.ringcxFor = () => {
    throw new Error("ETIMEDOUT");
  };
};

const failSecrets = (name: string) =>
  Object.assign(fixture.secrets, {
    send: async () => {
      throw Object.assign(new Error(`cannot read it`), { name });
    },
  });

/** 20 services, each at an endpoint of its own that works, watched by a probe that needs a credential. */
async function watchedServices(options: { authConfig?: string } = { authConfig: "crm" }) {
  await fixture.table.put({
    ...authConfigRecordKey(accountId, "crm"),
    authConfigId: "a",
    secretArn,
    manifest: { authType: "APIKEY" },
  });
  const all: Awaited<ReturnType<Fixture["service"]>>[] = [];
  for (let index = 0; index < 20; index += 1) {
    const url = `https://crm-${index}.example.com/`;
    all.push(await fixture.service(`lookup ${index}`, { watch: "probe" }, { url, ...options }));
  }
  const inactive = () => all.filter((one) => one.isActive() === false).length;
  return { all, inactive };
}

describe("our own fault is no outage: 20 services whose endpoints work stay active", () => {
  const secretsFail = [
    "ThrottlingException",
    "AccessDeniedException",
    "ResourceNotFoundException",
    "DecryptionFailure",
  ];
  const faults: [string, () => unknown][] = [
    ...secretsFail.map((name): [string, () => unknown] => [`the secret: ${name}`, () => failSecrets(name)]),
    ["the auth config's item is missing", () => fixture.table.delete(authConfigRecordKey(accountId, "crm"))],
    [
      "the auth config's item cannot be read",
      () => fixture.table.update(authConfigRecordKey(accountId, "crm"), { manifest: { authType: "OF_TOMORROW" } }),
    ],
    ...(["FORBIDDEN", "UNTESTABLE", "NOT_ASKED"] as const).map((kind): [string, () => unknown] => [
      `the probe says ${kind}`,
      () => {
        fixture.probe.result = { passed: false, kind, because: "our fault" };
      },
    ]),
    ["no endpoint and no RingCX gives any answer", isolate],
  ];

  test.each(faults)("%s", async (_, fail) => {
    const withCredential = { authConfig: "crm" };
    const { inactive } = await watchedServices(
      _.startsWith("the probe") || _.startsWith("no end") ? {} : withCredential,
    );
    await fail();
    const results = [];
    for (let minute = 0; minute < 5; minute += 1) {
      await fixture.clock.sleep(60_000);
      results.push(await fixture.sweep());
    }
    expect(inactive()).toBe(0);
    expect(results.map(({ notAsked }) => notAsked)).toEqual([20, 20, 20, 20, 20]);
  });

  test("the time of the sweep is used up", async () => {
    const { inactive } = await watchedServices({});
    fixture.probe.result = down;
    for (let minute = 0; minute < 4; minute += 1) {
      await fixture.clock.sleep(60_000);
      const { readAlarmStates } = fixture.dependencies;
      const options = { deadline: fixture.clock.now(), isTreeRead: true, readAlarmStates };
      const result = await sweepAccount(fixture.dependencies, accountId, options);
      expect(result.notAsked).toBe(20);
    }
    expect(inactive()).toBe(0);
    expect(fixture.probe.asked).toBe(0);
  });

  test("it is reported when it begins and when it ends, once for all services that it concerns", async () => {
    await watchedServices();
    const send = failSecrets("AccessDeniedException");
    await fixture.minutes(4);
    expect(fixture.takeOutcomes()).toEqual([
      expect.objectContaining({
        status: "FAILED",
        accountId,
        summary: expect.stringMatching(/20 services.*CRM\/lookup 0.*AccessDeniedException/),
      }),
    ]);
    Object.assign(send, { send: async () => ({ SecretString: '{"apiKey":"k"}', VersionId: "v" }) });
    fixture.probe.result = up;
    await fixture.minutes(2);
    expect(fixture.takeOutcomes()).toMatchObject([
      { status: "NO_CHANGE", summary: expect.stringMatching(/asked and read again/) },
    ]);
  });
});

describe("a real failure", () => {
  test("of a silent endpoint counts when RingCX answers from here", async () => {
    const service = await fixture.service("lookup", { watch: "probe" });
    fixture.probe.result = silent;
    await fixture.minutes(3);
    expect(service.isActive()).toBe(false);
  });

  test("of a silent endpoint counts when another one answers, and RingCX is not asked for it", async () => {
    const dead = await fixture.service("dead", { watch: "probe" }, { url: "https://dead.example.com/" });
    await fixture.service("alive", { watch: "probe" });
    fixture.dependencies.probe.check = async ({ url }) => (url.includes("dead") ? silent : up);
    await fixture.sweep();
    fixture.takeRequests();
    await fixture.minutes(1);
    expect(fixture.takeRequests()).toEqual(["getHttpServiceGroupListWithChildren"]); // the sweep's own
    await fixture.minutes(1);
    expect(dead.isActive()).toBe(false);
  });

  test("20 services of one dead endpoint go out together", async () => {
    const all = [];
    for (let index = 0; index < 20; index += 1) all.push(await fixture.service(`lookup ${index}`, { watch: "probe" }));
    await fixture.sweep();
    fixture.probe.result = down;
    await fixture.minutes(3);
    expect(all.filter((one) => one.isActive() === false)).toHaveLength(20);
  });

  test("20 dead endpoints: as many as the blast radius allows, the others are reported and follow", async () => {
    const { inactive } = await watchedServices({});
    await fixture.sweep();
    fixture.takeOutcomes();
    fixture.probe.result = down;
    await fixture.minutes(5);
    expect(inactive()).toBe(4);
    const summaries = fixture.takeOutcomes().map(({ summary }) => summary);
    expect(summaries.filter((each) => each.includes("left active: its probe fails, but 20 %"))).toHaveLength(16);
    await fixture.minutes(16);
    expect(inactive()).toBe(8);
  });
});

describe("an alarm of another account", () => {
  const foreign = arnOf("crm").replace("000000000000", "111122223333");
  const readWith = (alarmReadRoleArns: Record<string, string>) =>
    createReadAlarmStates(
      createAlarmClients({ awsAccountId: "000000000000", alarmReadRoleArns }, fixture.dependencies).cloudWatch,
    );

  test.each([
    ["no role is configured", {}],
    ["the role is one of a third account", { "111122223333": "arn:aws:iam::999999999999:role/reader" }],
  ])("where %s it is unknown, never missing", async (_, roles) => {
    const states = await readWith(roles)([foreign]);
    expect(states.get(foreign)).toMatchObject({ state: "UNKNOWN", isLasting: true });
  });

  test("that CloudWatch names without a state is unknown", async () => {
    const client = new CloudWatchClient({ region: "eu-central-1" });
    client.send = async () => ({ MetricAlarms: [{ AlarmArn: foreign }] });
    const states = await createReadAlarmStates(() => client)([foreign]);
    expect(states.get(foreign)).toMatchObject({ state: "UNKNOWN" });
  });

  test("an open outage does not end by it, it is reported once, and its events are not delivered for ever", async () => {
    const service = await fixture.service("lookup", { alarms: [foreign] });
    const since = new Date(fixture.clock.now()).toISOString();
    fixture.dependencies.readAlarmStates = async () => new Map([[foreign, { state: "ALARM", reason: "Down.", since }]]);
    await fixture.sweep();
    expect(service.isActive()).toBe(false);
    fixture.takeOutcomes();
    fixture.dependencies.readAlarmStates = readWith({});
    await fixture.minutes(30);
    expect(service.isActive()).toBe(false);
    expect(fixture.takeOutcomes()).toMatchObject([
      { status: "FAILED", summary: expect.stringMatching(/111122223333.*alarmReadRoleArns/) },
    ]);
    expect(await fixture.event([{ resources: [foreign] }])).toEqual({ batchItemFailures: [] });
  });
});

test("where mute rules cannot be read an alarm counts; that is reported once, and failover is not blind", async () => {
  const service = await fixture.service("lookup", { alarms: [arnOf("crm")] });
  const since = new Date(fixture.clock.now()).toISOString();
  const muteUnknown = "AccessDenied: no. Grant it";
  fixture.dependencies.readAlarmStates = async () =>
    new Map([[arnOf("crm"), { state: "ALARM", reason: "Down.", since, muteUnknown }]]);
  const { notAsked } = await fixture.sweep();
  await fixture.minutes(3);
  expect(service.isActive()).toBe(false);
  expect(notAsked).toBe(0);
  const summaries = fixture.takeOutcomes().map(({ summary }) => summary);
  expect(summaries.filter((each) => each.includes("mute rules"))).toEqual([
    "Alarm mute rules in eu-central-1:000000000000 cannot be seen: AccessDenied: no. Grant it. " +
      "Alarms that fire there count as not muted by a rule.",
  ]);
});
