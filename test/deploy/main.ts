import { spawn } from "node:child_process";
import { startEmulator } from "./emulator.ts";
import { pythonTools } from "./python-tools.ts";

/** As sysexits.h has it: not now, for a reason that is not this project's. */
const skipped = 75;

/** Deploys to an emulator that is not ours, and takes everything down again. */
async function main(): Promise<number> {
  const tools = pythonTools();
  if ("missing" in tools) {
    console.error(`\nSKIPPED: the deployment test was NOT run.\n${tools.missing}\n`);
    return skipped;
  }
  const emulator = await startEmulator(tools.bin);
  const stop = () => void emulator.stop().then(() => process.exit(130));
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    return await ended("vitest", ["run", "--config", "test/deploy/vitest.config.ts"], {
      ...process.env,
      DEPLOY_TEST_ENDPOINT: emulator.endpoint,
      DEPLOY_TEST_TOOLS: tools.bin,
    });
  } finally {
    await emulator.stop();
  }
}

function ended(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", env });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

process.exitCode = await main();
