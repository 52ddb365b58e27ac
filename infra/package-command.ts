import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * Runs a command that an installed package brings, with this process's input and output. Its JavaScript is run by this
 * Node itself: on Windows `node_modules/.bin` holds scripts for shells, which are no programs that could be started.
 *
 * @param command the name of the package, and of the command where that is another
 * @returns its exit code; 1, and a sentence on stderr, where it cannot be started
 */
export function runPackageCommand(
  { packageName, command = packageName }: { packageName: string; command?: string },
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): number {
  try {
    const entry = commandEntry(packageName, command);
    const { status, error } = spawnSync(process.execPath, [entry, ...args], { stdio: "inherit", env });
    if (error) throw error;
    return status ?? 1;
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? error.code : error;
    process.stderr.write(`${command} could not be started (${reason}). Run it through npm, after npm ci.\n`);
    return 1;
  }
}

/**
 * The JavaScript of a command that an installed package brings.
 *
 * @throws {Error} where the package is not installed, or brings no such command
 */
export function commandEntry(packageName: string, command: string): string {
  const file = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  const { bin } = JSON.parse(readFileSync(file, "utf8"));
  return join(dirname(file), typeof bin === "string" ? bin : bin[command]);
}
