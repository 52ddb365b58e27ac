import { exitCodes, UsageError } from "../../../cli/exit-codes.ts";
import { readTextFile } from "../../../cli/read-file.ts";
import { ProfileError, readProfile } from "./assumptions/profile.ts";
import { type CommandLine, readCommandLine, usage } from "./options.ts";
import { Refusal } from "./refusal.ts";
import type { Seed } from "./seed.ts";
import { startRingCxSimulator } from "./server.ts";

/** Runs the simulator until Ctrl-C. Exit code: 0, 1 when it cannot start, 64 for a wrong option, seed or profile. */
async function main(args: readonly string[]): Promise<number> {
  let commandLine: CommandLine | "help";
  try {
    commandLine = readCommandLine(args);
  } catch (error) {
    return say(`${messageOf(error)}\n\n${usage}`, exitCodes.usage);
  }
  if (commandLine === "help") {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const { options, seedFile, profileFile } = commandLine;
  try {
    const files = {
      ...(seedFile !== undefined && { seed: (await readSeed(seedFile)) as Seed }),
      ...(profileFile !== undefined && { profile: readProfile(await readTextFile(process.cwd(), profileFile)) }),
    };
    const interrupted = interruption();
    const simulator = await startRingCxSimulator({ ...options, ...files });
    const { url, platformUrl, accountId, clientId, clientSecret, jwt, accessToken } = simulator;
    const ready = { url, platformUrl, accountId, clientId, clientSecret, jwt, accessToken };
    process.stdout.write(`${JSON.stringify(ready)}\n`);
    await interrupted;
    await simulator.stop();
    return 0;
  } catch (error) {
    if (error instanceof UsageError) return say(error.message, exitCodes.usage);
    if (error instanceof ProfileError) return say(`--profile: ${error.message}`, exitCodes.usage);
    if (error instanceof Refusal) return say(`--seed: ${error.message}`, exitCodes.usage);
    if (isPortInUse(error)) return say(`Port ${options.port} is in use. Choose another one with --port.`, 1);
    return say(`The simulator cannot start: ${messageOf(error)}`, 1);
  }
}

async function readSeed(file: string): Promise<unknown> {
  const text = await readTextFile(process.cwd(), file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--seed: ${file} is not valid JSON: ${messageOf(error)}`);
  }
}

function interruption(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}

function isPortInUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

function say(text: string, exitCode: number): number {
  process.stderr.write(`${text}\n`);
  return exitCode;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

process.exitCode = await main(process.argv.slice(2));
