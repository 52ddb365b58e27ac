import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startGroup } from "./process-group.ts";

const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));
const venv = fileURLToPath(new URL("../../.venv", import.meta.url));
const mark = join(venv, "requirements.sha256");

export type PythonTools = { bin: string } | { missing: string };

/** The emulator and the linter in a virtual environment of the project, made once for each version of their list. */
export async function pythonTools(signal: AbortSignal): Promise<PythonTools> {
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  const bin = join(venv, "bin");
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return { bin };
  const made = await run(signal, "python3", "-m", "venv", "--clear", venv);
  if (made !== undefined) return { missing: `python3 cannot make a virtual environment: ${made}` };
  const pip = [join(bin, "pip"), "install", "--quiet", "--disable-pip-version-check", "--retries", "2"] as const;
  const installed = await run(signal, ...pip, "-r", requirements);
  if (installed !== undefined) {
    return { missing: `pip cannot install what test/deploy/requirements.txt names: ${installed}` };
  }
  writeFileSync(mark, wanted);
  return { bin };
}

/** What went wrong, or nothing. */
async function run(signal: AbortSignal, command: string, ...args: string[]): Promise<string | undefined> {
  const group = startGroup(command, args, { env: process.env, signal });
  try {
    const code = await group.ended;
    return code === 0 ? undefined : group.printed().trim().split("\n").at(-1) || `it ended with ${code}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
