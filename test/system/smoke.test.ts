import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../shared/primitives/clock.ts";
import { quotaWindowKey } from "../../shared/ringcx/quota/quota-item.ts";
import { DynamoStateTable } from "../../shared/state/dynamo-table.ts";
import { interruptSoon } from "../cli/cli.ts";
import { clickedAccount, clickedSeed } from "../cli/clicked-account.ts";
import { type HostedSystem, startHostedSystem } from "../cli/hosted-system.ts";
import { isLongRun } from "../support/runs.ts";

// The whole stack on this machine, its schedules thirty times faster.
const accountId = "123456";
const group = "ringcx-service-automation smoke (takes no calls)";
let system: HostedSystem;

beforeAll(async () => {
  system = await startHostedSystem({
    accounts: [accountId, clickedAccount],
    seed: clickedSeed,
    clockFactor: 30,
    failover: { mode: "observe" },
  });
});

afterAll(async () => {
  await system?.stop();
});

/** What is there that a smoke test makes, but for its group. */
async function left(): Promise<string[]> {
  const { groups, authConfigs } = system.simulator.state(accountId);
  const cloudWatch = new CloudWatchClient(system.host.clientConfig);
  const secrets = new SecretsManagerClient(system.host.clientConfig);
  const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: "ringcx-smoke" }));
  const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
  return [
    ...groups
      .flatMap(({ groupName, services }) => (groupName === group ? services : []))
      .map((one) => one.serviceDescription),
    ...authConfigs.map(({ providerName }) => String(providerName)),
    ...MetricAlarms.map(({ AlarmName = "" }) => AlarmName),
    ...SecretList.flatMap(({ Name = "" }) => (Name.startsWith("ringcx-smoke") ? [Name] : [])),
  ];
}

/** A clock by which Ctrl-C comes as soon as something is so. */
function interruptedWhen(isSo: () => boolean) {
  const interrupt = new AbortController();
  const sleep = async (ms: number, signal?: AbortSignal) => {
    if (isSo()) interruptSoon(interrupt);
    await systemClock.sleep(Math.min(ms, 200), signal);
  };
  return { interrupt, clock: { now: Date.now, sleep } };
}

test("what is deployed does its three jobs, and nothing is left but the group", async () => {
  const smoke = await system.ops(["smoke", "--timeout", "60s"]);
  expect(smoke.out).not.toContain("✗");
  expect(smoke.code).toBe(0);
  expect(smoke.out.trim().split("\n")).toHaveLength(11);
  expect(smoke.out).toMatch(
    /service out: inactive after[\s\S]*service back: active after[\s\S]*reaches RingCX: version/,
  );
  expect(await left()).toEqual([]);
});

// Half a minute of waiting for schedules: in a long run.
test.runIf(isLongRun)("Ctrl-C while the service is there: everything is removed", async () => {
  const isThere = () =>
    system.simulator.state(accountId).groups.some(({ services }) => services.some(({ isEnabled }) => isEnabled));
  const { interrupt, clock } = interruptedWhen(isThere);
  const smoke = await system.ops(["smoke", "--timeout", "60s"], { interrupt, clock });
  expect(smoke.err).toMatch(/removing what was made[\s\S]*✓ the secret is removed[\s\S]*Interrupted/);
  expect(smoke.code).toBe(130);
  expect(await left()).toEqual([]);
});

test("conformance of an environment uses its connection's secret, and its shared quota", async () => {
  const plan = await system.ops(["conformance", "--account", accountId]);
  expect(plan).toMatchObject({ code: 2, out: expect.stringContaining("Nothing was done: --yes does it.") });
  let ahead = 0;
  const clock = {
    now: () => Date.now() + ahead,
    sleep: async (ms: number) => {
      ahead += Math.max(0, ms);
    },
  };
  const run = await system.ops(["conformance", "--account", accountId, "--yes", "--json"], { clock });
  expect(run.code).toBe(0);
  expect(JSON.parse(run.out)).toMatchObject({ profile: { "services.born": "asSent" }, requests: expect.any(Number) });
  const item = await new DynamoStateTable(
    new DynamoDBClient(system.host.clientConfig),
    system.host.outputs.TableName ?? "",
  ).get(quotaWindowKey(`account/${accountId}`));
  // Its last request was made five minutes of the run's clock later.
  expect(Number(item?.expiresAt)).toBeGreaterThan(Date.now() / 1_000 + 3_900);
});

test("what does not hold is told with what to do, and the rest is removed", async () => {
  // No schedule fires: an alarm's event takes the service out, and nothing brings it back.
  const unscheduled = await startHostedSystem({ accounts: [accountId] });
  try {
    const smoke = await unscheduled.ops(["smoke", "--timeout", "10s"]);
    expect(smoke.code).toBe(1);
    expect(smoke.out).toMatch(
      /✓ an alarm takes[\s\S]*✗ its end brings the service back: not active within .* → .*failover's schedule/,
    );
    expect(unscheduled.simulator.state(accountId).authConfigs).toEqual([]);
  } finally {
    await unscheduled.stop();
  }
});
