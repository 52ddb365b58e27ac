import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));
const venv = fileURLToPath(new URL("../../.venv", import.meta.url));
const mark = join(venv, "requirements.sha256");

export type PythonTools = { bin: string } | { missing: string };

/** The emulator and the linter in a virtual environment of the project, made once for each version of their list. */
export function pythonTools(): PythonTools {
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  const bin = join(venv, "bin");
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return { bin };
  const made = run("python3", "-m", "venv", "--clear", venv);
  if (made !== undefined) return { missing: `python3 cannot make a virtual environment: ${made}` };
  const installed = run(join(bin, "pip"), "install", "--quiet", "--disable-pip-version-check", "-r", requirements);
  if (installed !== undefined)
    return { missing: `pip cannot install what test/deploy/requirements.txt names: ${installed}` };
  writeFileSync(mark, wanted);
  return { bin };
}

/** What went wrong, or nothing. */
function run(command: string, ...args: string[]): string | undefined {
  const { status, error, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (error) return error.message;
  return status === 0 ? undefined : (stderr.trim().split("\n").at(-1) ?? `it ended with ${status}`);
}
