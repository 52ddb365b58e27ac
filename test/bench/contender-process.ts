import { systemClock } from "../../shared/primitives/clock.ts";
import { type PacerOptions, pacers } from "./pacers.ts";

/** What one process of a contender is to do. Given as JSON in the first argument. */
export interface ContenderOrder extends PacerOptions {
  name: string;
  calls: number;
  concurrency: number;
  /** Epoch milliseconds at which everybody begins. */
  startAt: number;
  urgent?: { calls: number; afterMs: number };
}

/** What it says at its end, as a line of JSON. */
export interface ContenderReport {
  /** Epoch milliseconds of the last answer. */
  endedAt: number;
  urgentMs: number[];
}

async function main(order: ContenderOrder): Promise<ContenderReport> {
  const makePacer = pacers[order.name];
  if (!makePacer) throw new Error(`No contender ${order.name}`);
  const call = await makePacer(order);
  await systemClock.sleep(order.startAt - systemClock.now());
  let left = order.calls;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      await call("bulk");
    }
  };
  const urgentMs: number[] = [];
  const urgent = async () => {
    if (!order.urgent) return;
    await systemClock.sleep(order.urgent.afterMs);
    await Promise.all(
      Array.from({ length: order.urgent.calls }, async () => {
        const askedAt = systemClock.now();
        await call("urgent");
        urgentMs.push(systemClock.now() - askedAt);
      }),
    );
  };
  await Promise.all([urgent(), ...Array.from({ length: order.concurrency }, work)]);
  return { endedAt: systemClock.now(), urgentMs };
}

const report = await main(JSON.parse(process.argv[2] ?? "{}") as ContenderOrder);
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(0);
