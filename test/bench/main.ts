import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { exitCodes } from "../../cli/exit-codes.ts";
import { chartSvg } from "./chart.ts";
import { chosenBench } from "./chosen-bench.ts";
import { client } from "./client.ts";
import { coldStart } from "./cold-start.ts";
import { latency } from "./latency.ts";
import { pacers } from "./pacers.ts";
import { quota } from "./quota.ts";
import { type Report, replaced, reportText, tableText } from "./report.ts";
import { requests } from "./requests.ts";
import { scale } from "./scale.ts";

// `npm run bench`: measures, prints, and writes docs/benchmarks.md and its pictures.

const benches: Readonly<Record<string, (contender?: string) => Promise<Report>>> = {
  requests,
  latency,
  client,
  "cold-start": coldStart,
  scale,
  quota,
};
const page = new URL("../../docs/benchmarks.md", import.meta.url);
const pictures = new URL("../../docs/benchmarks/", import.meta.url);

const args = process.argv.slice(2);
const contenders = Object.fromEntries(
  Object.keys(benches).map((name) => [name, name === "quota" ? Object.keys(pacers) : []]),
);
const answer = chosenBench(args, contenders);
if (typeof answer === "string") {
  const isHelp = args.includes("--help");
  console[isHelp ? "log" : "error"](answer);
  process.exit(isHelp ? exitCodes.done : exitCodes.usage);
}
const { name: chosen, contender } = answer;
for (const [name, bench] of Object.entries(benches)) {
  if (chosen !== undefined && name !== chosen) continue;
  const report = await bench(contender);
  console.log(`\n${name}\n`);
  for (const table of report.tables) console.log(`${tableText(table)}\n`);
  // One contender alone is no comparison.
  if (contender !== undefined) continue;
  if (report.incomplete !== undefined) {
    console.log(`docs/benchmarks.md keeps what an earlier run found: ${report.incomplete}`);
    continue;
  }
  mkdirSync(pictures, { recursive: true });
  for (const chart of report.charts) writeFileSync(new URL(`${chart.name}.svg`, pictures), chartSvg(chart));
  writeFileSync(page, replaced(readFileSync(page, "utf8"), name, reportText(report, "benchmarks")));
}
// Clients keep their connections open.
process.exit(0);
