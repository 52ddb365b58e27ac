import { rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { exitCodes, UsageError } from "../../../cli/exit-codes.ts";
import { fileErrorWords, readTextFile } from "../../../cli/read-file.ts";
import { errorStack, guardTop, tellError } from "../../../cli/tell-error.ts";
import { systemClock } from "../../../shared/primitives/clock.ts";
import { ProfileError, readProfile } from "../ringcx-simulator/assumptions/profile.ts";
import { type DemoOptions, readOptions, usage } from "./options.ts";

const exampleFile = fileURLToPath(new URL("../../../examples/crm-enrichment.ndjson", import.meta.url));

const isDebug = process.argv.includes("--verbose");
guardTop(process, isDebug);
process.exitCode = await main(process.argv.slice(2)).catch((cause: unknown) => {
  const error = tellError(cause);
  process.stderr.write(`${isDebug ? errorStack(cause) : error.message}\n`);
  return error.exitCode;
});

/** @returns the exit code, one of {@link exitCodes} */
async function main(args: readonly string[]): Promise<number> {
  let options: DemoOptions | "help";
  try {
    options = readOptions(args);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${error.message}\n\n${usage}`);
    throw error;
  }
  if (options === "help") {
    write(usage);
    return exitCodes.done;
  }
  const interrupted = interruption();
  if (!options.real) return demonstrate(options, interrupted);
  const { real, file, stay, allowHosts } = options;
  const { runOnRealAccount } = await import("./real-account/run.ts");
  const terminal = { write, isInteractive: process.stdin.isTTY === true, interrupted };
  return runOnRealAccount({ ...real, file, stay, allowHosts }, terminal);
}

async function demonstrate(options: DemoOptions, interrupted: AbortSignal) {
  const { file, json, stay, verbose, allowHosts, windowMs, issuer } = options;
  const text = await readTextFile(process.cwd(), file ?? exampleFile);
  const profile = options.profile === undefined ? undefined : await profileIn(options.profile);
  // Loaded late: the CDK library takes a second that a wrong option should not cost.
  const { startDemonstration } = await import("./demonstration.ts");
  const demonstration = await startDemonstration({
    clock: systemClock,
    write,
    allowHosts,
    windowMs,
    profile,
    issuer,
    stay,
    verbose,
  });
  try {
    if (json !== undefined) await writeAddresses(json, demonstration.addresses());
    const played = file === undefined ? demonstration.playExample(text) : demonstration.playMessages(text);
    const isAsItShouldBe = await Promise.race([played, aborted(interrupted)]);
    if (isAsItShouldBe === "aborted") return exitCodes.interrupted;
    if (stay) {
      demonstration.explainStay();
      await aborted(interrupted);
      return exitCodes.done;
    }
    return isAsItShouldBe ? exitCodes.done : exitCodes.failed;
  } finally {
    if (json !== undefined) await rm(json, { force: true });
    await demonstration.stop();
  }
}

/** @throws {UsageError} where the file cannot be read, or is no profile */
async function profileIn(file: string) {
  try {
    return readProfile(await readTextFile(process.cwd(), file));
  } catch (error) {
    throw error instanceof ProfileError ? new UsageError(`--profile ${file}: ${error.message}`) : error;
  }
}

/** @throws {UsageError} where they cannot be written there */
async function writeAddresses(file: string, addresses: string): Promise<void> {
  await writeFile(file, addresses, { mode: 0o600 }).catch((error: unknown) => {
    throw new UsageError(`--json ${file} cannot be written: ${fileErrorWords(error)}.`);
  });
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Aborted by Ctrl-C, and when what started it is gone: npm hands no signal on to what it runs. */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, interrupt);
  const { ppid } = process;
  setInterval(() => process.ppid === ppid || interrupt(), 500).unref();
  return interrupted.signal;
}

function aborted(signal: AbortSignal): Promise<"aborted"> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("aborted");
    else signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
}
