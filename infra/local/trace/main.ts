import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { exitCodes, UsageError } from "../../../cli/exit-codes.ts";
import { readTextFile } from "../../../cli/read-file.ts";
import { checkedEnvironment } from "../../environments.ts";
import { RingCxAutomationStack } from "../../ringcx-automation-stack.ts";
import { synthesize } from "../template/assembly.ts";
import { functionNamed } from "./function-named.ts";
import { mapTrace } from "./map-trace.ts";

const usage = `Usage: npm run --silent trace -- FUNCTION [FILE]

Reads log lines (from FILE, or standard input) and names the places of the source in them, as this checkout bundles it:
check out what is deployed first. FUNCTION is the function's name, or a part of it: ProvisionServices.
`;

/** Says where in the source a stack trace of a deployed function comes from. */
async function main([name, file]: readonly string[]): Promise<number> {
  if (name === undefined || name.startsWith("-")) {
    process.stderr.write(usage);
    return exitCodes.usage;
  }
  // What was typed, before everything is bundled.
  const meant = functionNamed(name);
  const log = file === undefined ? await text(process.stdin) : await readTextFile(process.cwd(), file);
  const environment = checkedEnvironment({
    name: "trace",
    region: "us-east-1",
    connections: [{ name: "main", accountIds: ["1"] }],
  });
  const { codeDirectories } = synthesize((app) => new RingCxAutomationStack(app, "Trace", { environment }));
  const folder = Object.entries(codeDirectories).find(([id]) => id.slice(0, -8).endsWith(meant))?.[1];
  if (folder === undefined) throw new Error(`The template has no function ${meant}`);
  const mapOf = (file: string) => {
    const map = join(folder, `${file}.map`);
    return existsSync(map) ? JSON.parse(readFileSync(map, "utf8")) : undefined;
  };
  process.stdout.write(mapTrace(log, mapOf, { folder, root: process.cwd() }));
  return 0;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  return exitCodes.usage;
});
