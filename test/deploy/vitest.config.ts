import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/deploy/**/*.test.ts"],
    setupFiles: ["test/setup/loopback-only.ts"],
    // The longest wait is the one for a schedule that ticks once a minute.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // The steps of one deployment: what follows a failure says nothing.
    bail: 1,
    sequence: { concurrent: false },
  },
});
