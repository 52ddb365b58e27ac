import { describe, expect, test } from "vitest";
import { seeded } from "../support/virtual-time.ts";
import { QuotaWorld, type WorldOptions } from "./quota-world.ts";

/** More seeds for a soak: `SIMULATION_SEEDS=1000 npx vitest run test/simulation`. One alone: `SIMULATION_SEED=7`. */
const only = process.env.SIMULATION_SEED;
const seeds = only === undefined ? range(Number(process.env.SIMULATION_SEEDS ?? 12)) : [Number(only)];

/** A soak takes as long as its seeds; nothing here waits for real time. */
const timeout = 20_000 + seeds.length * 2_000;

type Load = (world: QuotaWorld, processes: number) => Promise<unknown>;

const loads: Record<string, Load> = {
  even: (world, processes) =>
    Promise.all(range(processes).map((process) => world.callsInTurn(process, "bulk", Math.ceil(300 / processes)))),
  "one-sided": (world, processes) =>
    Promise.all([
      world.callsInTurn(0, "bulk", 250),
      ...range(processes).map((process) => world.callsInTurn(process, "bulk", 1)),
    ]),
  bursts: (world, processes) =>
    Promise.all(
      range(12).map(async (burst) => {
        await world.time.sleep(burst * 9_000 + world.random() * 5_000);
        await Promise.all(range(25).map((call) => world.call((burst + call) % processes, "bulk")));
      }),
    ),
  "wave with rotation and an outage": (world, processes) =>
    Promise.all([
      ...range(processes).map((process) => world.callsInTurn(process, "bulk", Math.ceil(260 / processes))),
      world.callsInTurn(0, "rotation", 20),
      outage(world, processes, 20),
    ]),
};

/** Something happens in the middle, and so many services must be switched at once. */
async function outage(world: QuotaWorld, processes: number, services: number): Promise<void> {
  await world.time.sleep(20_000 + world.random() * 60_000);
  await Promise.all(range(services).map((service) => world.call(service % processes, "urgent")));
}

describe.each(Object.entries(loads))("%s", (_, load) => {
  test.each([1, 4, 20])(
    "%i processes: never refused, always done, at any window of the server",
    { timeout },
    async (processes) => {
      for (const seed of seeds) {
        const random = seeded(seed);
        const options: WorldOptions = {
          seed,
          processes,
          window: random() < 0.5 ? "sliding" : { phaseMs: Math.floor(random() * 60_000) },
          crashChance: random() < 0.3 ? 0.05 : 0,
          stallChance: random() < 0.3 ? 0.1 : 0,
        };
        const world = new QuotaWorld(options);
        const shown = `replay with SIMULATION_SEED=${seed} (${JSON.stringify(options)})`;

        // Every call is answered, or the run never ends and says that it is stuck.
        await world.time.run(load(world, processes));

        expect(world.refused, `refused, ${shown}`).toBe(0);
        expect(world.busiestWindow(), `busiest window, ${shown}`).toBeLessThanOrEqual(120);
        // Nobody starves: 320 calls are three windows' worth, and nobody waits much longer than that.
        const longest = Math.max(...world.answered.map(({ askedAt, sentAt }) => sentAt - askedAt));
        expect(longest, `longest wait, ${shown}`).toBeLessThan(4 * 60_700);
      }
    },
  );
});

test("an outage in the middle of a saturating wave: the first urgent call goes at once, the twentieth within 11 s", {
  timeout,
}, async () => {
  for (const seed of seeds) {
    const world = new QuotaWorld({ seed, processes: 10, window: "sliding" });
    const wave = Promise.all(range(9).map((process) => world.callsInTurn(process, "bulk", 60)));
    await world.time.run(Promise.all([wave, outage(world, 10, 20)]));

    const waits = world.answered
      .filter(({ priority }) => priority === "urgent")
      .map(({ askedAt, sentAt }) => sentAt - askedAt)
      .sort((a, b) => a - b);
    expect(waits[0], `SIMULATION_SEED=${seed}`).toBeLessThan(500);
    expect(waits[19], `SIMULATION_SEED=${seed}`).toBeLessThan(11_000);
    expect(world.refused).toBe(0);
  }
});

test("a saturating wave runs at 97 % of the limit or more, reserve and guard included", async () => {
  for (const processes of [1, 8]) {
    const world = new QuotaWorld({ seed: 1, processes, window: "sliding" });
    const start = world.time.now;
    const calls = 2_400;
    await world.time.run(
      Promise.all(range(processes).map((process) => world.callsInTurn(process, "bulk", calls / processes))),
    );
    const perMinute = calls / ((world.time.now - start) / 60_000);
    expect(perMinute / 120).toBeGreaterThan(0.97);
  }
});

test("clocks that go wrong by a second need a guard that knows it", async () => {
  const refusedWith = async (guardMs: number) => {
    let refused = 0;
    for (const seed of range(10)) {
      const world = new QuotaWorld({ seed, processes: 10, window: "sliding", skewMs: 1_000, guardMs });
      await world.time.run(Promise.all(range(10).map((process) => world.callsInTurn(process, "urgent", 30))));
      refused += world.refused;
    }
    return refused;
  };
  expect(await refusedWith(700 + 2 * 800)).toBe(0);
  expect(await refusedWith(0)).toBeGreaterThan(0); // the simulation would notice
});

test("another client uses the limit up: everybody pauses, nobody hammers, and all is done in the end", async () => {
  const world = new QuotaWorld({ seed: 5, processes: 8, window: "sliding" });
  world.arrivals.push(...range(100).map(() => world.time.now));
  await world.time.run(Promise.all(range(8).map((process) => world.callsInTurn(process, "bulk", 12))));
  expect(world.answered).toHaveLength(96);
  // Seven pauses, each twice as long, reach over the minute; those under way when one begins are refused together.
  expect(world.refused).toBeLessThan(7 * 8);
});

test("another client takes a sixth of the limit all the time: we use most of the rest, and urgent still goes first", {
  timeout,
}, async () => {
  for (const seed of seeds.slice(0, 5)) {
    const world = new QuotaWorld({ seed, processes: 10, window: "sliding" });
    const start = world.time.now;
    let isDone = false;
    void otherClient(world, 20, () => isDone);
    const alarms = async () => {
      while (!isDone) {
        await world.time.sleep(15_000 + world.random() * 10_000);
        await world.call(0, "urgent");
      }
    };
    const wave = Promise.all(range(10).map((process) => world.callsInTurn(process, "bulk", 60)));
    await world.time.run(
      Promise.all([
        alarms(),
        wave.then(() => {
          isDone = true;
        }),
      ]),
    );

    const perMinute = world.answered.length / ((world.time.now - start) / 60_000);
    const waits = world.answered
      .filter(({ priority }) => priority === "urgent")
      .map(({ askedAt, sentAt }) => sentAt - askedAt);
    expect(perMinute, `SIMULATION_SEED=${seed}`).toBeGreaterThan(80);
    expect(Math.max(...waits), `SIMULATION_SEED=${seed}`).toBeLessThan(20_000);
    expect(world.refused / world.answered.length, `SIMULATION_SEED=${seed}`).toBeLessThan(0.15);
  }
});

/** Somebody else's requests, so many a minute on average, which our log does not know. */
async function otherClient(world: QuotaWorld, perMinute: number, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    world.arrivals.push(world.time.now);
    await world.time.sleep((world.random() * 120_000) / perMinute);
  }
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
