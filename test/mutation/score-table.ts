import { relative } from "node:path";
import type { MutantResult } from "@stryker-mutator/api/core";

/** A line for each file: what share of its breaks was noticed. One that never ends is noticed; one that cannot run counts for nothing. */
export function scoreTable(results: readonly MutantResult[]): string {
  const byFile = Map.groupBy(results, ({ fileName }) => relative(process.cwd(), fileName).replaceAll("\\", "/"));
  const lines = [...byFile].map(([file, mutants]) => `${scoreLine(mutants)}  ${file}`);
  return `\nnoticed  breaks  unnoticed  file\n${[...lines, `${scoreLine(results)}  all`].join("\n")}\n`;
}

function scoreLine(mutants: readonly MutantResult[]): string {
  const count = (...statuses: string[]) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const noticed = count("Killed", "Timeout");
  const unnoticed = count("Survived", "NoCoverage");
  const all = noticed + unnoticed;
  const share = all === 0 ? "–" : `${((100 * noticed) / all).toFixed(1)} %`;
  return `${share.padStart(7)}  ${String(all).padStart(6)}  ${String(unnoticed).padStart(9)}`;
}
