import { readFileSync, writeFileSync } from "node:fs";
import { kinds, measure } from "./large-message.ts";
import { takeNoArguments } from "./no-arguments.ts";

// `npm run scaling`: what large messages cost and take; writes the table of docs/scaling.md.

takeNoArguments(
  "scaling",
  "measures for minutes what large messages cost and take, and writes the table of docs/scaling.md",
);

const counts = [1, 40, 100, 200];
const rows: string[] = [];
for (const isBeside of [false, true]) {
  for (const kind of kinds) {
    for (const count of counts) {
      const { requests, least, minutes, possible, limited, waits } = await measure(kind, count, isBeside);
      const longest = waits.length === 0 ? "" : `${waits.length}, ${(Math.max(...waits) / 1_000).toFixed(0)} s`;
      const ratio = (requests / least).toFixed(2);
      const cells = [kind.what, count, requests, ratio, minutes.toFixed(1), possible, limited, longest];
      rows.push(`| ${cells.join(" | ")} |`);
      process.stdout.write(`${rows.at(-1)}\n`);
    }
  }
}
const file = new URL("../../docs/scaling.md", import.meta.url);
const head =
  "| services | how many | requests | ÷ the fewest | minutes | possible | refused (429) | small ones beside it, longest wait |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n";
const text = readFileSync(file, "utf8");
const [start, end] = ["<!-- large messages -->\n", "<!-- end -->"];
writeFileSync(
  file,
  `${text.slice(0, text.indexOf(start) + start.length) + head + rows.join("\n")}\n${text.slice(text.indexOf(end))}`,
);
