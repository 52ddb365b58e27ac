import { parseArgs } from "node:util";
import { historyOf, play, shrink } from "./run.ts";

const usage = `Usage: npm run simulate -- [--seeds NUMBER] [--from SEED] [--seed SEED [--trace]]

Plays a random history of the whole system for each seed, with faults, and checks what must hold once it has settled.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "100" },
      from: { type: "string", default: "1" },
      seed: { type: "string" },
      trace: { type: "boolean", default: false },
      whole: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const first = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  let failed = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const played = seed - first;
    // A long run may be broken off, and is to say then how far it came.
    if (played > 0 && played % 100 === 0) process.stderr.write(`${played} seeds, ${failed} failed so far\n`);
    const happenings = historyOf(seed);
    const run = await play(happenings, seed);
    if (values.seed !== undefined && values.trace && run.violations.length === 0) print(run.trace);
    if (run.violations.length === 0) continue;
    failed += 1;
    const shortest = values.whole ? happenings : await shrink(happenings, seed);
    const { violations, trace } = await play(shortest, seed);
    print([`seed ${seed}, ${shortest.length} of ${happenings.length} happenings:`]);
    if (values.trace) print(trace);
    else print(shortest.map((one) => `  ${JSON.stringify(one)}`));
    print(violations.map((violation) => `  * ${violation}`));
  }
  print([`${count} seeds, ${failed} failed`]);
  return failed === 0 ? 0 : 1;
}

function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

process.exitCode = await main();
