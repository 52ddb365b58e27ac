import { readFileSync, writeFileSync } from "node:fs";
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
import { everySetting, plainEnvironment, type Resource, synthesized } from "../infra/synthesized.ts";
import { nothing, TableMeter, type Usage } from "./cost-meter.ts";
import { combined, type Happened, minutes, monthOf } from "./month-of-work.ts";
import { takeNoArguments } from "./no-arguments.ts";
import { replaced } from "./report.ts";
import { type CostLine, costLines, type MonthOfWork } from "./resource-costs.ts";
import { measureScale } from "./scale.ts";

// `npm run costs`: counts what the functions ask of AWS, in one process, says what a month of it costs, and writes docs/costs.md.

takeNoArguments("costs", "prints the bills of docs/costs.md, and writes them there");
const page = new URL("../../docs/costs.md", import.meta.url);

/** Assumed, not measured: the dashboard shows yours. Seconds of a run. */
const seconds = { tick: 0.5, sweep: 1, sync: 2, syncOfAccount: 0.03, message: 2, rotation: 2, outage: 2 };

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

const sizes = [10, 100, 1_000];
const onboarding = await message();
const usages: string[][] = [];
const bills: CostLine[][] = [];
type Template = { Resources: Readonly<Record<string, Resource>> };
const plain = (synthesized().toJSON() as Template).Resources;
/** What some setting brings, which the plain environment does not have. */
const whole = (synthesized(everySetting).toJSON() as Template).Resources;
const more: CostLine[][] = [];
/** What happens in an environment of ten services. */
let ofTen: Record<"tick" | "rotated" | "outage", Usage> | undefined;
for (const services of sizes) {
  const authConfigs = services / 5;
  const { sweep, outage, bytes } = await failover(services);
  const { tick, rotation: rotated } = await rotation(authConfigs);
  ofTen ??= { tick, rotated, outage };
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

/** The same of so many accounts, each with ten services and two auth configs. What an account takes of the sync is at most what one alone takes. */
async function billOfAccounts(accounts: number): Promise<CostLine[]> {
  const { minute } = await measureScale(accounts, 10);
  const { tick, rotated, outage } = ofTen ?? { tick: nothing, rotated: nothing, outage: nothing };
  // A list has a hundred secrets a page.
  const secretCalls = Math.ceil((accounts * 2) / 100);
  const happened: readonly Happened[] = [
    [
      { ...combined(nothing, tick, accounts), secretCalls },
      minutes / 5,
      seconds.sync + accounts * seconds.syncOfAccount,
    ],
    [onboarding, accounts * 10, seconds.message],
    [rotated, accounts * 2, seconds.rotation],
    [outage, accounts, seconds.outage],
  ];
  const rest = monthOf(happened, minute.tableGb * 1e9);
  const month: MonthOfWork = {
    ...rest,
    runs: rest.runs + minutes * minute.runs,
    seconds: rest.seconds + minutes * minute.seconds,
    readUnits: rest.readUnits + minutes * minute.readUnits,
    writeUnits: rest.writeUnits + minutes * minute.writeUnits,
    describeAlarms: rest.describeAlarms + minutes * minute.describeAlarms,
    sweeps: minutes * minute.sweeps,
  };
  const accountIds = Array.from({ length: accounts }, (_, index) => String(1_000_000 + index));
  const template = synthesized({ ...plainEnvironment, connections: [{ name: "main", accountIds }] });
  return costLines((template.toJSON() as Template).Resources, month);
}

const dollars = (amount: number) => `$${amount.toFixed(2)}`;
const costOf = (line: CostLine | undefined) => (line ? line.units * line.price : 0);
const rowsOf = (months: readonly CostLine[][], isShown: (index: number) => boolean) =>
  (months[0] ?? []).flatMap(({ what, price, because }, index) =>
    isShown(index) ? [[what, priceText(price), ...months.map((bill) => dollars(costOf(bill[index]))), because]] : [],
  );
const isPlain = (index: number) => costOf(bills[0]?.[index]) > 0;
const totals = bills.map((bill) => dollars(bill.reduce((sum, each) => sum + costOf(each), 0)));

show("counts", ["", "read units", "write units", "DescribeAlarms", "Secrets Manager", "RingCX requests"], usages);
const headings = ["a month", "of one", ...sizes.map((services) => `${services} services`), "how many"];
show("estimate", headings, [...rowsOf(bills, isPlain), ["**together**", "", ...totals, ""]]);
show(
  "settings",
  headings,
  rowsOf(more, (index) => !isPlain(index)),
);

const numbersOfAccounts = [1, 100, 1_000];
const billsOfAccounts: CostLine[][] = [];
for (const accounts of numbersOfAccounts) billsOfAccounts.push(await billOfAccounts(accounts));
const totalsOfAccounts = billsOfAccounts.map((bill) => bill.reduce((sum, each) => sum + costOf(each), 0));
show(
  "accounts",
  ["a month", "of one", ...numbersOfAccounts.map((accounts) => `${accounts} accounts`), "how many"],
  [
    ...rowsOf(billsOfAccounts, (index) => costOf(billsOfAccounts[0]?.[index]) > 0),
    ["**together**", "", ...totalsOfAccounts.map(dollars), ""],
    [
      "of it for an account",
      "",
      ...totalsOfAccounts.map((total, index) => dollars(total / (numbersOfAccounts[index] ?? 1))),
      "",
    ],
  ],
);

/** Of one, or of a million where one is too little to write. */
function priceText(price: number): string {
  return price >= 0.01 ? `$${price}` : `$${round(price * 1e6)} / 1,000,000`;
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}

/** Prints a table, and puts it between its marks in the document. */
function show(name: string, headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const text = [line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
  console.log(`${text}\n`);
  writeFileSync(page, replaced(readFileSync(page, "utf8"), name, text));
}
