import { existsSync, globSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { exitCodes } from "../cli/exit-codes.ts";
import { runPackageCommand } from "../infra/package-command.ts";

const usage = `Usage: npm run test:long -- --runs NUMBER [VITEST OPTIONS OR FILES]

Runs every property of the tests so often, where \`npm test\` runs it some dozen to thousand times.
`;

/** Files with properties, and with matrices that are whole in a long run only. */
function propertyFiles(): string[] {
  return globSync("test/**/*.test.ts").filter((file) =>
    /from "(fast-check|.*\/support\/runs\.ts)"/.test(readFileSync(file, "utf8")),
  );
}

function main(): number {
  const { values, tokens } = parseArgs({ options: { runs: { type: "string" } }, strict: false, tokens: true });
  const { runs = "10000" } = values;
  if (typeof runs !== "string" || !/^[1-9]\d{0,8}$/.test(runs)) {
    process.stderr.write(`--runs takes a number from 1 on.\n\n${usage}`);
    return exitCodes.usage;
  }
  const own = tokens.find((token) => token.kind === "option" && token.name === "runs");
  const rest = process.argv.slice(2);
  if (own) rest.splice(own.index, own.kind === "option" && own.inlineValue ? 1 : 2);
  const files = rest.some((argument) => existsSync(argument)) ? [] : propertyFiles();
  // An hour for each test: the number of runs says how long it takes, and one that hangs ends.
  const args = ["run", "--testTimeout", "3600000", ...files, ...rest];
  return runPackageCommand({ packageName: "vitest" }, args, { ...process.env, RUNS: runs });
}

process.exitCode = main();
