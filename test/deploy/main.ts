import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { commandEntry } from "../../infra/package-command.ts";
import { startEmulator } from "./emulator.ts";
import { startGroup } from "./process-group.ts";
import { pythonTools } from "./python-tools.ts";

/** As sysexits.h has it: not now, for a reason that is not this project's. */
const skipped = 75;

/** Deploys to an emulator that is not ours, and takes everything down again, however it ends. */
async function main(): Promise<number> {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort(signal));
  // Whatever is written on the way is written here.
  const directory = mkdtempSync(join(tmpdir(), "ringcx-deploy-test-"));
  try {
    const code = await deploymentTest(directory, stopping.signal);
    return stopping.signal.aborted ? exitCodeOf(stopping.signal) : code;
  } catch (error) {
    if (stopping.signal.aborted) return exitCodeOf(stopping.signal);
    throw error;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function deploymentTest(directory: string, signal: AbortSignal): Promise<number> {
  const tools = await pythonTools(signal);
  if (signal.aborted) return skipped;
  if ("missing" in tools) {
    console.error(`\nSKIPPED: the deployment test was NOT run.\n${tools.missing}\n`);
    return skipped;
  }
  const emulator = await startEmulator({ bin: tools.bin, directory, signal });
  try {
    const env = {
      ...withoutCloudSettings(process.env),
      HOME: directory,
      // What Go fetches into it can be removed again.
      GOFLAGS: "-modcacherw",
      TMPDIR: directory,
      DEPLOY_TEST_ENDPOINT: emulator.endpoint,
      DEPLOY_TEST_TOOLS: tools.bin,
    };
    const args = ["run", "--config", "test/deploy/vitest.config.ts", ...process.argv.slice(2)];
    return await startGroup(process.execPath, [commandEntry("vitest", "vitest"), ...args], {
      env,
      output: "inherit",
      signal,
    }).ended;
  } finally {
    await emulator.stop();
  }
}

/**
 * Nothing of the account that you work with: `AWS_PROFILE` wins over the emulator's credentials, and
 * `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` or `AWS_ENDPOINT_URL_S3` would have the real `cdk deploy` go elsewhere.
 * What is in files (`~/.aws`, `~/.cdk.json`) goes with the home directory; a proxy has no part in it either.
 */
function withoutCloudSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isForeign = /^(AWS_|CDK_|(https?|all|no)_proxy$)/i;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isForeign.test(name)));
}

/** As a shell has it: 128 and the signal's number. */
function exitCodeOf({ reason }: AbortSignal): number {
  return 128 + constants.signals[reason as NodeJS.Signals];
}

process.exitCode = await main();
