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
import { everySetting, type Resource, synthesized } from "../infra/synthesized.ts";
import { nothing, quotaClaim, TableMeter, type Usage } from "./cost-meter.ts";
import { type CostLine, costLines, type MonthOfWork } from "./resource-costs.ts";

// Counts what the functions ask of AWS, in one process, and says what a month of it costs: docs/costs.md.

const minutes = 43_800;
/** Assumed, not measured: the dashboard shows yours. Seconds of a run. */
const seconds = { tick: 0.5, sweep: 1, sync: 2, message: 2, rotation: 2, outage: 2 };
/** An outcome in the table, for its 30 days. */
const bytesOfOutcome = 2_048;

async function failover(services: number): Promise<{ sweep: Usage; outage: Usage; bytes: number }> {
  const table = new MemoryStateTable();
  const stage = await startFailover({ guards: everythingAtOnce }, { table });
  const meter = new TableMeter(table);
  for (let index = 0; index < services; index += 1) {
    await stage.service(`lookup ${index}`, { alarms: [arnOf(`alarm ${index}`)] });
    stage.setAlarm(`alarm ${index}`, "OK");
  }
  await stage.minutes(1);
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
  return { sweep, outage: combined(down, sweep, -7), bytes: meter.bytes };
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

const sizes = [10, 100, 1_000];
const onboarding = await message();
const usages: string[][] = [];
const bills: CostLine[][] = [];
type Template = { Resources: Readonly<Record<string, Resource>> };
const plain = (synthesized().toJSON() as Template).Resources;
/** What some setting brings, which the plain environment does not have. */
const whole = (synthesized(everySetting).toJSON() as Template).Resources;
const more: CostLine[][] = [];
for (const services of sizes) {
  const authConfigs = services / 5;
  const { sweep, outage, bytes } = await failover(services);
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
  const happened: readonly Happened[] = [
    [nothing, minutes, seconds.tick],
    [sweep, minutes, seconds.sweep],
    [tick, minutes / 5, seconds.sync],
    [onboarding, services, seconds.message],
    [rotated, authConfigs, seconds.rotation],
    [outage, services / 10, seconds.outage],
  ];
  const month = monthOf(happened, bytes);
  bills.push(costLines(plain, month));
  more.push(costLines(whole, month));
}
usages.push([
  "a message with a new group, auth config and service",
  ...[onboarding.readUnits, onboarding.writeUnits, 0, onboarding.secretCalls, 0].map(String),
]);

/** What one time asks of AWS, how often it happens in a month, and how many seconds it takes. */
type Happened = readonly [usage: Usage, times: number, seconds: number];

function monthOf(happened: readonly Happened[], tableBytes: number): MonthOfWork {
  const sum = (value: (each: Usage, secondsOfOne: number) => number) =>
    happened.reduce((total, [usage, times, secondsOfOne]) => total + times * value(usage, secondsOfOne), 0);
  const outcomes = sum((usage) => usage.outcomes);
  return {
    runs: sum(() => 1),
    seconds: sum((_, secondsOfOne) => secondsOfOne),
    readUnits: sum(({ readUnits, ringcxRequests }) => readUnits + ringcxRequests * quotaClaim.readUnits),
    writeUnits: sum(({ writeUnits, ringcxRequests }) => writeUnits + ringcxRequests * quotaClaim.writeUnits),
    tableGb: (tableBytes + outcomes * bytesOfOutcome) / 1e9,
    describeAlarms: sum((usage) => usage.describeAlarms),
    secretCalls: sum((usage) => usage.secretCalls),
    outcomes,
    sweeps: minutes,
  };
}

const dollars = (amount: number) => `$${amount.toFixed(2)}`;
const costOf = (line: CostLine | undefined) => (line ? line.units * line.price : 0);
const rowsOf = (months: readonly CostLine[][], isShown: (index: number) => boolean) =>
  (months[0] ?? []).flatMap(({ what, price, because }, index) =>
    isShown(index) ? [[what, priceText(price), ...months.map((bill) => dollars(costOf(bill[index]))), because]] : [],
  );
const isPlain = (index: number) => costOf(bills[0]?.[index]) > 0;
const totals = bills.map((bill) => dollars(bill.reduce((sum, each) => sum + costOf(each), 0)));

print(["", "read units", "write units", "DescribeAlarms", "Secrets Manager", "RingCX requests"], usages);
console.log();
const headings = ["a month", "of one", ...sizes.map((services) => `${services} services`), "how many"];
print(headings, [...rowsOf(bills, isPlain), ["**together**", "", ...totals, ""]]);
console.log();
print(
  headings,
  rowsOf(more, (index) => !isPlain(index)),
);

/** Of one, or of a million where one is too little to write. */
function priceText(price: number): string {
  return price >= 0.01 ? `$${price}` : `$${round(price * 1e6)} / 1,000,000`;
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}

function print(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  console.log([line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n"));
}
