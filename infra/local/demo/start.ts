import { fileURLToPath } from "node:url";
import { exitCodes, UsageError } from "../../../cli/exit-codes.ts";
import { readTextFile } from "../../../cli/read-file.ts";
import { errorStack, guardTop, tellError } from "../../../cli/tell-error.ts";
import { systemClock } from "../../../shared/primitives/clock.ts";
import { ProfileError, readProfile } from "../ringcx-simulator/assumptions/profile.ts";
import { end, orEnded } from "./ending.ts";
import { type DemoOptions, readOptions, usage } from "./options.ts";
import { claimSystemFile } from "./system-file.ts";

const exampleFile = fileURLToPath(new URL("../../../examples/crm-enrichment.ndjson", import.meta.url));

/**
 * `npm start`, from its command line to its exit code.
 *
 * @param ended aborted when the program is to end: nothing is said from then on
 * @returns one of {@link exitCodes}
 */
export async function start(args: readonly string[], ended: AbortSignal): Promise<number> {
  const isDebug = args.includes("--verbose");
  guardTop(process, isDebug, ended);
  const write = (line: string) => {
    if (!ended.aborted) process.stdout.write(`${line}\n`);
  };
  try {
    return await run(args, { write, ended });
  } catch (cause) {
    const error = tellError(cause);
    if (!ended.aborted) process.stderr.write(`${isDebug ? errorStack(cause) : error.message}\n`);
    return error.exitCode;
  }
}

interface Program {
  write(line: string): void;
  ended: AbortSignal;
}

async function run(args: readonly string[], { write, ended }: Program): Promise<number> {
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
  // What it has started ends with the process: all of its state is in memory.
  if (!options.real) return orEnded(demonstrate(options, { write, ended }), ended);
  const { real, file, stay, allowHosts } = options;
  const { runOnRealAccount } = await import("./real-account/run.ts");
  const terminal = { write, isInteractive: process.stdin.isTTY === true, ended };
  return runOnRealAccount({ ...real, file, stay, allowHosts }, terminal);
}

async function demonstrate(options: DemoOptions, { write, ended }: Program): Promise<number> {
  const { file, json, stay, verbose, allowHosts, windowMs, issuer } = options;
  const text = await readTextFile(process.cwd(), file ?? exampleFile);
  const profile = options.profile === undefined ? undefined : await profileIn(options.profile);
  // Before anything is started: it takes half a minute.
  const systemFile = json === undefined ? undefined : claimSystemFile(json);
  // Loaded late: it takes a second that a wrong option should not cost.
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
    systemFile?.write(demonstration.system());
    const played = file === undefined ? demonstration.playExample(text) : demonstration.playMessages(text);
    const isAsItShouldBe = await played;
    if (stay) {
      demonstration.explainStay(json);
      await end(ended);
    }
    return isAsItShouldBe ? exitCodes.done : exitCodes.failed;
  } finally {
    systemFile?.remove();
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
