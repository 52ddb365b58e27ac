import { defineConfig } from "vitest/config";
import usual from "../../vitest.config.ts";

/** Whole systems and commands, each a process of its own as people start it: they cost more than `npm test` has. */
export default defineConfig({
  test: { ...usual.test, include: ["test/system/**/*.test.ts", "test/real-time/**/*.test.ts"], exclude: [] },
});
