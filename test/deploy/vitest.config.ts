import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/deploy/**/*.test.ts"],
    globalSetup: ["test/setup/temporary-directory.ts"],
    setupFiles: ["test/setup/loopback-only.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The steps of one deployment: what follows a failure says nothing.
    bail: 1,
    sequence: { concurrent: false },
  },
});
