import { defineConfig } from "vitest/config";
import usual from "../../vitest.config.ts";

/** The test files of one part, without what a whole run sets up. `main.ts` says which. */
export default defineConfig({
  test: {
    ...usual.test,
    include: JSON.parse(process.env.MUTATION_TESTS ?? "[]"),
    globalSetup: ["test/setup/temporary-directory.ts"],
    sequence: {},
  },
});
