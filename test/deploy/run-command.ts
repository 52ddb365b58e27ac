import { spawn } from "node:child_process";

/** How a command is run: with what more in its environment. */
export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd: string;
}

/** @returns what it printed @throws {Error} with all that it printed, where it fails */
export function runCommand(command: string, args: readonly string[], { env = {}, cwd }: RunOptions): Promise<string> {
  return new Promise((done, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    const printed = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed.out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      printed.err += text;
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0) done(printed.out);
      else reject(new Error(`${command} ${args.join(" ")} ended with ${code}:\n${printed.out}\n${printed.err}`));
    });
  });
}
