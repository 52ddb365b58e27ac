import { describe, expect, test } from "vitest";
import { isLongRun } from "../support/runs.ts";
import { seeded } from "../support/virtual-time.ts";
import { QuotaSimulation, type QuotaSimulationOptions } from "./quota-simulation.ts";

/**
 * Either window, and a table that stalls and processes that die, each alone, together and not at all: the first five seeds
 * have them all. Twelve in a long run; more for a soak: `SIMULATION_SEEDS=1000 npx vitest run test/simulation`. One alone:
 * `SIMULATION_SEED=7`.
 */
const only = process.env.SIMULATION_SEED;
const count = Number(process.env.SIMULATION_SEEDS ?? (isLongRun ? 12 : 3));
const seeds = only === undefined ? range(count) : [Number(only)];

/** A soak takes as long as its seeds; nothing here waits for real time. */
const timeout = 20_000 + seeds.length * 2_000;

type Load = (simulation: QuotaSimulation, processes: number) => Promise<unknown>;

const loads: Record<string, Load> = {
  even: (simulation, processes) =>
    Promise.all(range(processes).map((process) => simulation.callsInTurn(process, "bulk", Math.ceil(300 / processes)))),
  "one-sided": (simulation, processes) =>
    Promise.all([
      simulation.callsInTurn(0, "bulk", 250),
      ...range(processes).map((process) => simulation.callsInTurn(process, "bulk", 1)),
    ]),
  bursts: (simulation, processes) =>
    Promise.all(
      range(12).map(async (burst) => {
        await simulation.time.sleep(burst * 9_000 + simulation.random() * 5_000);
        await Promise.all(range(25).map((call) => simulation.call((burst + call) % processes, "bulk")));
      }),
    ),
  "wave with rotation and an outage": (simulation, processes) =>
    Promise.all([
      ...range(processes).map((process) => simulation.callsInTurn(process, "bulk", Math.ceil(260 / processes))),
      simulation.callsInTurn(0, "rotation", 20),
      outage(simulation, processes, 20),
    ]),
};

/** Something happens in the middle, and so many services must be switched at once. */
async function outage(simulation: QuotaSimulation, processes: number, services: number): Promise<void> {
  await simulation.time.sleep(20_000 + simulation.random() * 60_000);
  await Promise.all(range(services).map((service) => simulation.call(service % processes, "urgent")));
}

describe.each(Object.entries(loads))("%s", (_, load) => {
  test.each([1, 4, 20])(
    "%i processes: never refused, always done, at any window of the server",
    { timeout },
    async (processes) => {
      for (const seed of seeds) {
        const random = seeded(seed);
        const options: QuotaSimulationOptions = {
          seed,
          processes,
          window: random() < 0.5 ? "sliding" : { phaseMs: Math.floor(random() * 60_000) },
          crashChance: random() < 0.3 ? 0.05 : 0,
          stallChance: random() < 0.3 ? 0.1 : 0,
        };
        const simulation = new QuotaSimulation(options);
        const shown = `replay with SIMULATION_SEED=${seed} (${JSON.stringify(options)})`;

        // Every call is answered, or the run never ends and says that it is stuck.
        await simulation.time.run(load(simulation, processes));

        expect(simulation.refused, `refused, ${shown}`).toBe(0);
        expect(simulation.busiestWindow(), `busiest window, ${shown}`).toBeLessThanOrEqual(120);
        // Nobody starves: 320 calls are three windows' worth, and nobody waits much longer than that.
        const longest = Math.max(...simulation.answered.map(({ askedAt, sentAt }) => sentAt - askedAt));
        expect(longest, `longest wait, ${shown}`).toBeLessThan(4 * 60_700);
      }
    },
  );
});

test.each(["bulk", "wave"] as const)(
  "an outage in the middle of much %s: the first urgent call goes at once, the twentieth within 11 s",
  {
    timeout,
  },
  async (priority) => {
    for (const seed of seeds) {
      const simulation = new QuotaSimulation({ seed, processes: 10, window: "sliding" });
      const wave = Promise.all(range(9).map((process) => simulation.callsInTurn(process, priority, 60)));
      await simulation.time.run(Promise.all([wave, outage(simulation, 10, 20)]));

      const waits = simulation.answered
        .filter(({ priority }) => priority === "urgent")
        .map(({ askedAt, sentAt }) => sentAt - askedAt)
        .sort((a, b) => a - b);
      expect(waits[0], `SIMULATION_SEED=${seed}`).toBeLessThan(500);
      expect(waits[19], `SIMULATION_SEED=${seed}`).toBeLessThan(11_000);
      expect(simulation.refused).toBe(0);
    }
  },
);

test.each(["bulk", "wave"] as const)(
  "much %s runs at 97 %% of the limit or more, reserve and guard included",
  async (priority) => {
    for (const processes of [1, 8]) {
      const simulation = new QuotaSimulation({ seed: 1, processes, window: "sliding" });
      const start = simulation.time.now;
      const calls = 2_400;
      await simulation.time.run(
        Promise.all(range(processes).map((process) => simulation.callsInTurn(process, priority, calls / processes))),
      );
      const perMinute = calls / ((simulation.time.now - start) / 60_000);
      expect(perMinute / 120).toBeGreaterThan(0.97);
    }
  },
);

test("a small message beside a saturating wave has its ten calls within 15 s", async () => {
  for (const seed of seeds) {
    const simulation = new QuotaSimulation({ seed, processes: 5, window: "sliding" });
    const wave = range(4).map((process) => simulation.callsInTurn(process, "wave", 120));
    const small = async () => {
      await simulation.time.sleep(simulation.random() * 120_000);
      await simulation.callsInTurn(4, "bulk", 10);
    };
    await simulation.time.run(Promise.all([...wave, small()]));
    const own = simulation.answered.filter(({ priority }) => priority === "bulk");
    const took = Math.max(...own.map(({ sentAt }) => sentAt)) - Math.min(...own.map(({ askedAt }) => askedAt));
    expect(took, `SIMULATION_SEED=${seed}`).toBeLessThan(16_000);
  }
});

test("clocks that go wrong by a second need a guard that knows it", async () => {
  const refusedWith = async (guardMs: number) => {
    let refused = 0;
    for (const seed of range(10)) {
      const simulation = new QuotaSimulation({ seed, processes: 10, window: "sliding", skewMs: 1_000, guardMs });
      await simulation.time.run(Promise.all(range(10).map((process) => simulation.callsInTurn(process, "urgent", 30))));
      refused += simulation.refused;
    }
    return refused;
  };
  expect(await refusedWith(700 + 2 * 800)).toBe(0);
  expect(await refusedWith(0)).toBeGreaterThan(0); // the simulation would notice
});

test("another client uses the limit up: everybody pauses, nobody hammers, and all is done in the end", async () => {
  const simulation = new QuotaSimulation({ seed: 5, processes: 8, window: "sliding" });
  simulation.arrivals.push(...range(100).map(() => simulation.time.now));
  await simulation.time.run(Promise.all(range(8).map((process) => simulation.callsInTurn(process, "bulk", 12))));
  expect(simulation.answered).toHaveLength(96);
  // Seven pauses, each twice as long, reach over the minute; those under way when one begins are refused together.
  expect(simulation.refused).toBeLessThan(7 * 8);
});

test("another client takes a sixth of the limit all the time: we use most of the rest, and urgent still goes first", {
  timeout,
}, async () => {
  for (const seed of seeds.slice(0, 5)) {
    const simulation = new QuotaSimulation({ seed, processes: 10, window: "sliding" });
    const start = simulation.time.now;
    let isDone = false;
    void otherClient(simulation, 20, () => isDone);
    const alarms = async () => {
      while (!isDone) {
        await simulation.time.sleep(15_000 + simulation.random() * 10_000);
        await simulation.call(0, "urgent");
      }
    };
    const wave = Promise.all(range(10).map((process) => simulation.callsInTurn(process, "bulk", 60)));
    await simulation.time.run(
      Promise.all([
        alarms(),
        wave.then(() => {
          isDone = true;
        }),
      ]),
    );

    const perMinute = simulation.answered.length / ((simulation.time.now - start) / 60_000);
    const waits = simulation.answered
      .filter(({ priority }) => priority === "urgent")
      .map(({ askedAt, sentAt }) => sentAt - askedAt);
    expect(perMinute, `SIMULATION_SEED=${seed}`).toBeGreaterThan(80);
    expect(Math.max(...waits), `SIMULATION_SEED=${seed}`).toBeLessThan(20_000);
    expect(simulation.refused / simulation.answered.length, `SIMULATION_SEED=${seed}`).toBeLessThan(0.15);
  }
});

/** Somebody else's requests, so many a minute on average, which our log does not know. */
async function otherClient(simulation: QuotaSimulation, perMinute: number, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    simulation.arrivals.push(simulation.time.now);
    await simulation.time.sleep((simulation.random() * 120_000) / perMinute);
  }
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
