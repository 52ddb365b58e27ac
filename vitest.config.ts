import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/deploy/**", "test/bench/**"],
    setupFiles: ["test/setup/loopback-only.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
