import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { environmentNamed, environments } from "./environments.ts";

const usage = `Usage: npm run deploy -- --environment NAME [CDK OPTIONS]\n\nEnvironments: ${environments.map(({ name }) => name).join(", ")} (infra/environments.ts)\n`;

/** Deploys one environment by name; what else is given goes to `cdk deploy` as it is. */
function main(): number {
  const { values, tokens } = parseArgs({
    options: { environment: { type: "string" } },
    strict: false,
    tokens: true,
  });
  if (typeof values.environment !== "string") {
    process.stderr.write(`--environment is missing.\n\n${usage}`);
    return 2;
  }
  try {
    environmentNamed(values.environment);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const own = tokens.find((token) => token.kind === "option" && token.name === "environment");
  const ownLength = own?.kind === "option" && own.inlineValue ? 1 : 2;
  const rest = process.argv.slice(2);
  rest.splice(own?.index ?? 0, ownLength);
  const stack = `RingCxAutomation-${values.environment}`;
  const context = `environment=${values.environment}`;
  const { status, error } = spawnSync("cdk", ["deploy", stack, "--context", context, ...rest], { stdio: "inherit" });
  if (error) process.stderr.write(`cdk could not be started (${error.message}). Use npm run deploy, after npm ci.\n`);
  return status ?? 1;
}

process.exitCode = main();
