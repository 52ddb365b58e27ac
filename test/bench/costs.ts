import { MemoryStateTable } from "../../shared/state/memory-table.ts";
import { arnOf, startFixture as startFailover } from "../functions/fail-over-services/fixture.ts";
import {
  applyMessage,
  authConfig,
  crmSecret,
  group,
  service,
  startFixture,
} from "../functions/provision-services/fixture.ts";
import { credentials } from "../functions/rotate-credentials/credentials.ts";
import { startFixture as startRotation } from "../functions/rotate-credentials/fixture.ts";
import { nothing, quotaClaim, TableMeter, type Usage } from "./cost-meter.ts";

// Counts what the functions ask of AWS, in one process, and says what a month of it costs: docs/costs.md.

/** US dollars, us-east-1, on demand, without the free tier. */
const price = {
  readUnit: 0.125e-6,
  writeUnit: 0.625e-6,
  lambdaRequest: 0.2e-6,
  lambdaGbSecond: 13.3334e-6, // arm64
  describeAlarms: 0.01e-3,
  secretCall: 0.05 / 10_000,
  secretMonth: 0.4,
  keyMonth: 1,
  alarmMonth: 0.1,
  compositeAlarmMonth: 0.5,
  dashboardMonth: 3,
  metricMonth: 0.3,
  sqsRequest: 0.4e-6,
  logGb: 0.5,
};

const minutes = 43_800;
/** What every stack has, whatever it serves; counted in the template. */
const fixed = { alarms: 25, compositeAlarms: 1, dashboards: 1, keys: 1, connectionSecrets: 1, queues: 4 };
/** Names of metrics, and one of them once for each status of an outcome. */
const metrics = 26;
/** Assumed, not measured: the dashboard shows yours. */
const assumed = {
  sweepSeconds: 1,
  mirrorSeconds: 2,
  messageSeconds: 2,
  outageSeconds: 2,
  memoryGb: 0.5,
  logBytesARun: 2_048,
};
/** Lambda keeps five long polls of 20 s open on a queue. Source: AWS Lambda Developer Guide, "Polling and batching". */
const pollsAMinute = 15;

async function failover(services: number): Promise<{ sweep: Usage; outage: Usage }> {
  const table = new MemoryStateTable();
  const stage = await startFailover({ guards: everythingAtOnce }, { table });
  for (let index = 0; index < services; index += 1) {
    await stage.service(`lookup ${index}`, { alarms: [arnOf(`alarm ${index}`)] });
    stage.setAlarm(`alarm ${index}`, "OK");
  }
  await stage.minutes(1);
  const meter = new TableMeter(table);
  const measured = async (times: number, work: () => Promise<unknown>): Promise<Usage> => {
    const before = { readUnits: meter.readUnits, writeUnits: meter.writeUnits };
    stage.takeRequests();
    stage.takeOutcomes();
    stage.questions.splice(0);
    await work();
    return {
      ...nothing,
      readUnits: (meter.readUnits - before.readUnits) / times,
      writeUnits: (meter.writeUnits - before.writeUnits) / times,
      describeAlarms: stage.questions.reduce((sum, alarms) => sum + Math.ceil(alarms / 100), 0) / times,
      ringcxRequests: stage.takeRequests().length / times,
      outcomes: stage.takeOutcomes().length / times,
    };
  };
  const sweep = await measured(5, () => stage.minutes(5));
  const down = await measured(1, async () => {
    stage.setAlarm("alarm 0", "ALARM");
    await stage.events("alarm 0");
    stage.setAlarm("alarm 0", "OK");
    await stage.minutes(7);
  });
  await stage.stop();
  // Less what seven sweeps cost anyway.
  return { sweep, outage: combined(down, sweep, -7) };
}

const everythingAtOnce = {
  flap: { openings: 1_000, withinMinutes: 60, quietMinutes: 30 },
  blastRadius: { share: 1, withinMinutes: 15 },
};

async function rotation(authConfigs: number): Promise<{ tick: Usage; rotation: Usage }> {
  const stage = await startRotation();
  for (let index = 0; index < authConfigs; index += 1) await stage.bind("APIKEY", `value ${index}`);
  const { arn } = await stage.bind("APIKEY", "rotated");
  // The first writes and names them all, and looks at the account; so does the fourth.
  for (let tick = 0; tick < 4; tick += 1) await stage.tick();
  const meter = new TableMeter(stage.table);
  let secretCalls = 0;
  const send = stage.secrets.send.bind(stage.secrets);
  Object.assign(stage.secrets, {
    send: (command: Parameters<typeof send>[0]) => {
      secretCalls += 1;
      return send(command);
    },
  });
  const measured = async (ticks: number): Promise<Usage> => {
    const before = { readUnits: meter.readUnits, writeUnits: meter.writeUnits, secretCalls };
    stage.takeAllRequests();
    stage.published.splice(0);
    for (let tick = 0; tick < ticks; tick += 1) await stage.tick();
    return {
      ...nothing,
      readUnits: (meter.readUnits - before.readUnits) / ticks,
      writeUnits: (meter.writeUnits - before.writeUnits) / ticks,
      secretCalls: (secretCalls - before.secretCalls) / ticks,
      ringcxRequests: stage.takeAllRequests().length / ticks,
      outcomes: stage.published.length / ticks,
    };
  };
  const idle = await measured(1);
  await stage.putVersion(arn, credentials.APIKEY.value("second"));
  const changed = await measured(1);
  // One of three looks at the account.
  const tick = await measured(3);
  await stage.stop();
  return { tick, rotation: combined(changed, idle, -1) };
}

async function message(): Promise<Usage> {
  const table = new MemoryStateTable();
  const world = await startFixture({ table });
  world.secrets.set("crm/oauth", crmSecret(world.crm, ["123456"]));
  const meter = new TableMeter(table);
  world.operations();
  const before = world.outcomes.length;
  await world.send(applyMessage([group, authConfig, service(world.crm)]));
  const usage = {
    ...nothing,
    readUnits: meter.readUnits,
    writeUnits: meter.writeUnits,
    secretCalls: 2,
    ringcxRequests: 0, // its claims are in the table's units already
    outcomes: world.outcomes.length - before,
  };
  await world.stop();
  return usage;
}

function combined(a: Usage, b: Usage, times: number): Usage {
  const keys = Object.keys(nothing) as (keyof Usage)[];
  return Object.fromEntries(keys.map((key) => [key, Math.max(0, a[key] + times * b[key])])) as unknown as Usage;
}

/** Dollars for something that is done so often, and takes so many seconds of a function. */
function cost(usage: Usage, times: number, seconds: number): number {
  const { readUnits, writeUnits, describeAlarms, secretCalls, ringcxRequests } = usage;
  return (
    times *
    ((readUnits + ringcxRequests * quotaClaim.readUnits) * price.readUnit +
      (writeUnits + ringcxRequests * quotaClaim.writeUnits) * price.writeUnit +
      describeAlarms * price.describeAlarms +
      secretCalls * price.secretCall +
      price.lambdaRequest +
      seconds * assumed.memoryGb * price.lambdaGbSecond +
      (assumed.logBytesARun / 1e9) * price.logGb)
  );
}

const sizes = [10, 100, 1_000];
const onboarding = await message();
const usages: string[][] = [];
const months: string[][] = [];
for (const services of sizes) {
  const authConfigs = services / 5;
  const { sweep, outage } = await failover(services);
  const { tick, rotation: rotated } = await rotation(authConfigs);
  const row = (name: string, { readUnits, writeUnits, describeAlarms, secretCalls, ringcxRequests }: Usage) => [
    `${name}, ${services} services`,
    ...[readUnits, writeUnits, describeAlarms, secretCalls, ringcxRequests].map((value) =>
      String(Math.round(value * 10) / 10),
    ),
  ];
  usages.push(
    row("a sweep", sweep),
    row("an outage", outage),
    row("a run of the sync", tick),
    row("a rotation", rotated),
  );
  const parts = [
    fixed.alarms * price.alarmMonth +
      fixed.compositeAlarms * price.compositeAlarmMonth +
      fixed.dashboards * price.dashboardMonth +
      metrics * price.metricMonth +
      fixed.keys * price.keyMonth +
      fixed.connectionSecrets * price.secretMonth +
      fixed.queues * pollsAMinute * minutes * price.sqsRequest,
    cost(sweep, minutes, assumed.sweepSeconds),
    cost(tick, minutes / 5, assumed.mirrorSeconds),
    cost(onboarding, services, assumed.messageSeconds) +
      cost(rotated, authConfigs, assumed.mirrorSeconds) +
      cost(outage, services / 10, assumed.outageSeconds),
  ];
  const total = parts.reduce((sum, part) => sum + part, 0);
  months.push([String(services), ...[...parts, total].map((part) => `$${part.toFixed(2)}`)]);
}
usages.push([
  "a message with a new group, auth config and service",
  ...[onboarding.readUnits, onboarding.writeUnits, 0, onboarding.secretCalls, 0].map(String),
]);

print(["", "read units", "write units", "DescribeAlarms", "Secrets Manager", "RingCX requests"], usages);
console.log();
print(["services", "fixed", "sweeps", "syncs", "messages, rotations, outages", "a month"], months);

function print(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  console.log([line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n"));
}
