import { QuotaSimulation } from "../simulation/quota-simulation.ts";

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

/** How much of the limit a wave uses, for several numbers of processes. */
export async function waveFigures(): Promise<string[][]> {
  const rows: string[][] = [];
  for (const processes of [1, 5, 50]) {
    const simulation = new QuotaSimulation({ seed: 1, processes, window: "sliding" });
    const start = simulation.time.now;
    const calls = 6_000;
    await simulation.time.run(
      Promise.all(range(processes).map((process) => simulation.callsInTurn(process, "bulk", calls / processes))),
    );
    const perMinute = calls / ((simulation.time.now - start) / 60_000);
    rows.push([
      String(processes),
      String(simulation.refused),
      `${((perMinute / 120) * 100).toFixed(1)} %`,
      String(simulation.busiestWindow()),
    ]);
  }
  return rows;
}

/** How long the first and the twentieth urgent call wait when an outage meets a wave. */
export async function outageFigures(): Promise<string[][]> {
  const first: number[] = [];
  const twentieth: number[] = [];
  let refused = 0;
  for (const seed of range(200)) {
    const simulation = new QuotaSimulation({
      seed,
      processes: 10,
      window: seed % 2 === 0 ? "sliding" : { phaseMs: seed * 300 },
    });
    const wave = Promise.all(range(9).map((process) => simulation.callsInTurn(process, "bulk", 60)));
    const outage = async () => {
      await simulation.time.sleep(30_000 + simulation.random() * 120_000);
      await Promise.all(range(20).map((service) => simulation.call(service % 10, "urgent")));
    };
    await simulation.time.run(Promise.all([wave, outage()]));
    const waits = simulation.answered
      .filter(({ priority }) => priority === "urgent")
      .map(({ askedAt, sentAt }) => sentAt - askedAt)
      .sort((a, b) => a - b);
    first.push(waits[0] ?? Number.NaN);
    twentieth.push(waits[19] ?? Number.NaN);
    refused += simulation.refused;
  }
  const row = (name: string, waits: readonly number[]) => {
    const sorted = waits.toSorted((a, b) => a - b);
    const seconds = (ms: number | undefined) => `${((ms ?? Number.NaN) / 1_000).toFixed(2)} s`;
    return [name, seconds(sorted[sorted.length >> 1]), seconds(sorted.at(-1))];
  };
  return [row("first urgent call", first), row("twentieth", twentieth), ["refused in all", String(refused), ""]];
}
