import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { SlowFirst } from "./test/setup/slow-first.ts";
import { longestTestMs, patienceMs } from "./test/support/patience.ts";
import { isLongRun } from "./test/support/runs.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Need an emulator from elsewhere (`npm run test:deploy`), or minutes of their own (`npm run test:system`).
    exclude: ["test/deploy/**", ...(isLongRun ? [] : ["test/system/**", "test/real-time/**"])],
    globalSetup: [
      "test/setup/temporary-directory.ts",
      "test/setup/share-bundles.ts",
      "test/setup/unused-permissions.ts",
    ],
    setupFiles: ["test/setup/loopback-only.ts", "test/setup/property-runs.ts", "test/setup/nothing-denied.ts"],
    // More than there are cores: some files wait most of their time. Each worker imports once what others have, so not many.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    sequence: { sequencer: SlowFirst },
    // Test files start and end their own servers and share no state, so one process may run many: importing again what all
    // of them import took a sixth of the time.
    isolate: false,
    // CDK's check of every template takes longer than all else about it; nag.test.ts runs it over all environments.
    env: { CDK_VALIDATION: "false" },
    expect: { poll: { timeout: patienceMs } },
    testTimeout: longestTestMs,
    hookTimeout: longestTestMs,
  },
});
