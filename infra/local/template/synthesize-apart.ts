import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { EnvironmentInput } from "../../environments.ts";
import { owned } from "../owned-processes.ts";
import type { EnvironmentAssemblies } from "./environment-assemblies.ts";
import { outputDirectory } from "./output-directory.ts";

/** What the process that synthesizes is told. */
export interface SynthesisTask {
  environment: EnvironmentInput;
  outdir: string;
}

/** What it answers. */
export type SynthesisAnswer = { assemblies: EnvironmentAssemblies } | { because: string };

const script = fileURLToPath(new URL("./synthesis-process.ts", import.meta.url));

/**
 * Synthesizes an environment's stacks in a process of its own: CDK bundles without a pause, for up to half a minute, in which
 * whoever waits for it here could hear no signal. The process leads a group of its own, so that Ctrl-C on a terminal comes to
 * its owner alone, and ends with it, the bundler too.
 *
 * @throws {Error} with CDK's words where it fails
 */
export async function synthesizeApart(environment: EnvironmentInput): Promise<EnvironmentAssemblies> {
  const task: SynthesisTask = { environment, outdir: outputDirectory() };
  const child = owned(
    fork(script, {
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      // Whoever looks into this process looks not for that one.
      execArgv: process.execArgv.filter((option) => !option.startsWith("--inspect")),
    }),
    { isGroup: true },
  );
  const answer = await new Promise<SynthesisAnswer>((resolve) => {
    child.once("message", (message) => resolve(message as SynthesisAnswer));
    child.once("error", ({ message }) => resolve({ because: message }));
    child.once("exit", (code, signal) => resolve({ because: `its process ended with ${signal ?? code}` }));
    child.send(task, () => undefined);
  });
  if ("because" in answer) throw new Error(`The stack could not be synthesized: ${answer.because}`);
  return answer.assemblies;
}
