import { readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../../shared/primitives/clock.ts";
import { readOptions, usage } from "./options.ts";

const exampleFile = fileURLToPath(new URL("../../../examples/crm-enrichment.ndjson", import.meta.url));

async function main(): Promise<number> {
  const write = (line: string) => process.stdout.write(`${line}\n`);
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
    return 2;
  }
  if (options === "help") {
    write(usage);
    return 0;
  }
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  process.on("SIGHUP", interrupt);
  // npm hands no signal on to what it runs: when it is gone, this is over, too.
  const { ppid } = process;
  setInterval(() => process.ppid === ppid || interrupt(), 500).unref();

  const { stay, verbose, allowHosts, windowMs, real } = options;
  if (real) {
    const { runOnRealAccount } = await import("./real-account/run.ts");
    const { file } = options;
    const terminal = { write, isInteractive: process.stdin.isTTY === true, interrupted: interrupted.signal };
    return runOnRealAccount({ ...real, file, stay, allowHosts }, terminal).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      return 2;
    });
  }
  const file = options.file ?? exampleFile;
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    process.stderr.write(`Cannot read the messages: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }

  // Loaded late: the CDK library takes a second that a wrong option should not cost.
  const { startDemonstration } = await import("./demonstration.ts");
  const demonstration = await startDemonstration({ clock: systemClock, write, allowHosts, windowMs, stay, verbose });
  try {
    if (options.json !== undefined) await writeFile(options.json, demonstration.addresses(), { mode: 0o600 });
    const played = options.file === undefined ? demonstration.playExample(text) : demonstration.playMessages(text);
    const isAsItShouldBe = await Promise.race([played, aborted(interrupted.signal)]);
    if (isAsItShouldBe === "aborted") return 130;
    if (stay) {
      demonstration.explainStay();
      await aborted(interrupted.signal);
      return 0;
    }
    return isAsItShouldBe ? 0 : 1;
  } finally {
    if (options.json !== undefined) await rm(options.json, { force: true });
    await demonstration.stop();
  }
}

function aborted(signal: AbortSignal): Promise<"aborted"> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("aborted");
    else signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
}

process.exitCode = await main();
