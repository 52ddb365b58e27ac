import type { SQSRecord } from "aws-lambda";
import { sweepAccounts } from "../../functions/fail-over-services/triggers/sweep-accounts.ts";
import { type Resource, synthesized } from "../infra/synthesized.ts";
import { measureSlowAccounts } from "../simulation/slow-accounts.ts";
import { SweepSimulation } from "../simulation/sweep-simulation.ts";
import { quotaClaim, TableMeter } from "./cost-meter.ts";
import type { Report } from "./report.ts";
import { costLines } from "./resource-costs.ts";

const minuteMs = 60_000;
const minutesAMonth = 43_800;

const sizes = [
  [1, 1],
  [1, 100],
  [1, 1_000],
  [100, 1],
  [100, 10],
  [1_000, 1],
  [1_000, 10],
] as const;

const arnOf = (name: string) => `arn:aws:cloudwatch:eu-central-1:000000000000:alarm:${name}`;

async function worldOf(accounts: number, services: number): Promise<SweepSimulation> {
  const world = new SweepSimulation(accounts);
  for (const accountId of world.accountIds) {
    for (let index = 0; index < services; index += 1) {
      const alarms = [arnOf(`${accountId}-${index}`)];
      await world.service(accountId, `crm-${accountId}-${index}`, { alarms, watch: "probe" });
    }
  }
  // What is done once, when an account is first seen.
  await world.time.run(world.tick().then(() => world.time.sleep(2 * minuteMs)));
  world.forget();
  return world;
}

/** For so many of a thousand accounts RingCX hangs. */
const slowOfThousand = [0, 1, 50, 100] as const;

/** What one size comes to. */
export interface Scale {
  accounts: number;
  services: number;
  /** Seconds from a tick to the last account's sweep. */
  sweepSeconds: number;
  /** The same where one account comes after the other. */
  oneByOneSeconds: number;
  /** The longest time that an account was not looked at, in seconds. */
  oldestSeconds: number;
  /** Calls of AWS in one minute: of the table (with the quota's), of CloudWatch, of the queue. */
  tableCalls: number;
  questions: number;
  /** What of it is paid for. */
  minute: Minute;
  dollars: number;
}

/** Sweeps in virtual time, with as many executions as in AWS. */
export async function measureScale(accounts: number, services: number): Promise<Scale> {
  const world = await worldOf(accounts, services);
  const meter = new TableMeter(world.table);
  const begun = world.time.now;
  const rounds = 3;
  let tickMs = 0;
  await world.time.run(
    (async () => {
      for (let round = 0; round < rounds; round += 1) {
        const ticked = world.time.now;
        await world.tick();
        tickMs = world.time.now - ticked;
        await world.time.sleep(begun + (round + 1) * minuteMs - world.time.now);
      }
      await world.time.sleep(minuteMs);
    })(),
  );
  const seen = new Map<string, number[]>(world.accountIds.map((id) => [id, [begun]]));
  for (const { accountId, at } of world.swept) seen.get(accountId)?.push(at);
  const firsts = [...seen.values()].map(([, first = Number.POSITIVE_INFINITY]) => first - begun);
  const gaps = [...seen.values()].flatMap((times) => times.slice(1).map((at, index) => at - (times[index] ?? begun)));
  const sweepSeconds = Math.max(...firsts) / 1_000;
  const questions = world.questions.length / rounds;
  const claims = accounts;
  const invocations = world.invocations.length / rounds;
  const sweepMs = world.invocations.reduce((sum, ms) => sum + ms, 0) / rounds;
  const oneByOneSeconds = await oneByOne(world);
  const minute: Minute = {
    runs: 1 + invocations,
    seconds: 0.5 + (tickMs + sweepMs) / 1_000,
    readUnits: meter.readUnits / rounds + claims * quotaClaim.readUnits,
    writeUnits: meter.writeUnits / rounds + claims * quotaClaim.writeUnits,
    describeAlarms: questions,
    sweeps: accounts,
    tableGb: meter.bytes / 1e9,
  };
  return {
    accounts,
    services,
    sweepSeconds,
    oneByOneSeconds,
    oldestSeconds: Math.max(...gaps) / 1_000,
    tableCalls: meter.calls / rounds + 2 * claims,
    questions,
    minute,
    dollars: dollarsOf(minute),
  };
}

/** As it would be without a message for each account. */
async function oneByOne(world: SweepSimulation): Promise<number> {
  const begun = world.time.now;
  await world.time.run(
    (async () => {
      for (const accountId of world.accountIds) {
        const body = JSON.stringify({ accountId, isTreeRead: true });
        const record = { messageId: accountId, body, attributes: { SentTimestamp: String(world.time.now) } };
        const event = { Records: [record as unknown as SQSRecord] };
        await sweepAccounts(world.dependencies, event, { deadline: world.time.now + minuteMs }, () => {});
      }
    })(),
  );
  return (world.time.now - begun) / 1_000;
}

/** What the sweeps of a minute ask for; what the table holds. */
export type Minute = Record<
  "runs" | "seconds" | "readUnits" | "writeUnits" | "describeAlarms" | "sweeps" | "tableGb",
  number
>;

/** The whole bill of a month in which nothing happens but sweeps. */
function dollarsOf(minute: Minute): number {
  const { Resources } = synthesized().toJSON() as { Resources: Readonly<Record<string, Resource>> };
  const month = Object.fromEntries(Object.entries(minute).map(([name, value]) => [name, value * minutesAMonth]));
  const { runs = 0, seconds = 0, readUnits = 0, writeUnits = 0, describeAlarms = 0, sweeps = 0 } = month;
  const { tableGb } = minute;
  const work = { runs, seconds, readUnits, writeUnits, describeAlarms, sweeps, tableGb, secretCalls: 0, outcomes: 0 };
  return costLines(Resources, work).reduce((sum, { units, price }) => sum + units * price, 0);
}

/** One environment with 1 to 1,000 accounts, beside one that sweeps an account after the other. */
export async function scale(): Promise<Report> {
  const found: Scale[] = [];
  for (const [accounts, services] of sizes) found.push(await measureScale(accounts, services));
  const slow = [];
  for (const count of slowOfThousand) slow.push(await measureSlowAccounts({ accounts: 1_000, slow: count }));
  return {
    tables: [
      {
        title:
          "Sweeps in virtual time, with the executions, delays and batches that the template has; each service has an alarm and a probe.",
        headings: [
          "accounts",
          "services in each",
          "a full sweep",
          "one account after the other",
          "oldest look at an account",
          "table calls a minute",
          "DescribeAlarms a minute",
          "a month, of it for an account",
        ],
        rows: found.map((one) => [
          String(one.accounts),
          String(one.services),
          `${one.sweepSeconds.toFixed(1)} s`,
          `${one.oneByOneSeconds.toFixed(1)} s`,
          `${one.oldestSeconds.toFixed(0)} s`,
          String(Math.round(one.tableCalls)),
          String(Math.round(one.questions)),
          `$${one.dollars.toFixed(0)}, $${(one.dollars / one.accounts).toFixed(2)}`,
        ]),
      },
      {
        title:
          "RingCX hangs for some of 1,000 accounts, one in each batch, which is the worst that so many can do. What the others see, in virtual time.",
        headings: [
          "accounts for which RingCX hangs",
          "a full sweep of the others, in the minute in which it begins",
          "from then on",
          "oldest look at one of the others",
          "at one for which it hangs",
        ],
        rows: slow.map((one) => [
          String(one.slow),
          `${one.sweepAtFirst.toFixed(1)} s`,
          `${one.sweepLater.toFixed(1)} s`,
          `${one.oldest.toFixed(0)} s`,
          one.slow === 0 ? "" : `${one.oldestSlow.toFixed(0)} s`,
        ]),
      },
    ],
    charts: [
      {
        name: "scale",
        title: "A full sweep, seconds (a minute is what it may take)",
        bars: found.flatMap(({ accounts, services, sweepSeconds, oneByOneSeconds }) => [
          {
            label: `${accounts} × ${services}`,
            value: sweepSeconds,
            text: `${sweepSeconds.toFixed(1)} s`,
            isPeer: false,
          },
          {
            label: "one after the other",
            value: oneByOneSeconds,
            text: `${oneByOneSeconds.toFixed(1)} s`,
            isPeer: true,
          },
        ]),
      },
    ],
  };
}
