import { globSync } from "node:fs";
import { matchesGlob, resolve } from "node:path";
import type { PartialStrykerOptions } from "@stryker-mutator/api/core";
import { Stryker } from "@stryker-mutator/core";
import { exitCodes } from "../../cli/exit-codes.ts";
import { type Part, parts } from "./parts.ts";
import { scoreTable } from "./score-table.ts";

const usage = `Usage: npm run mutation [-- PART OR GLOB...]

Breaks the code that decides what is dangerous, one place at a time, and says which breaks no test notices.
Results are kept: only what changed is tried again.

Parts: ${Object.keys(parts).join(", ")}
`;

/** The files of a part that are asked for: all of a part that is named, those that a glob matches. */
function chosenFiles(name: string, { mutate }: Part, asked: readonly string[]): string[] {
  const files = mutate.flatMap((glob) => globSync(glob)).map((file) => file.replaceAll("\\", "/"));
  if (asked.length === 0 || asked.includes(name)) return files;
  return files.filter((file) => asked.some((glob) => matchesGlob(file, glob)));
}

async function mutatePart(name: string, files: string[], { tests }: Part) {
  // Stryker's processes load the configuration of vitest, and inherit this.
  process.env.MUTATION_TESTS = JSON.stringify(tests);
  const options: PartialStrykerOptions = {
    mutate: files,
    testRunner: "vitest",
    vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
    // What is not in the repository, and nothing that a test reads.
    ignorePatterns: [".venv", "cdk.out", "coverage", "dist"],
    // A break runs the tests that reach it, and no others.
    coverageAnalysis: "perTest",
    plugins: ["@stryker-mutator/vitest-runner", resolve("test/mutation/words.js")],
    ignorers: ["words"],
    concurrency: 2,
    // A loop without end is noticed, too; a busy machine is none.
    timeoutMS: 20_000,
    dryRunTimeoutMinutes: 10,
    incremental: true,
    incrementalFile: `reports/mutation/${name}.json`,
    // Stryker would rewrite tsconfig.json for its copy, through an API that TypeScript 7 does not have. Nothing reads it.
    tsconfigFile: "none.json",
    reporters: ["progress-append-only", "clear-text"],
    clearTextReporter: {
      allowColor: false,
      allowEmojis: false,
      logTests: false,
      reportTests: false,
      reportScoreTable: false,
    },
    allowConsoleColors: false,
    warnings: false,
  };
  return await new Stryker(options).runMutationTest();
}

async function main(): Promise<number> {
  const asked = process.argv.slice(2);
  const chosen = Object.entries(parts)
    .map(([name, part]) => ({ name, part, files: chosenFiles(name, part, asked) }))
    .filter(({ files }) => files.length > 0);
  if (chosen.length === 0) {
    process.stderr.write(usage);
    return exitCodes.usage;
  }
  const results = [];
  for (const { name, part, files } of chosen) results.push(...(await mutatePart(name, files, part)));
  process.stdout.write(scoreTable(results));
  return 0;
}

process.exitCode = await main();
