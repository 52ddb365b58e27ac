import { existsSync } from "node:fs";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Test files that take longest, most of them because they wait. Vitest knows only after a first run which ones do, and by
 * size, as it goes before, some of them would be last, with nothing left to run beside them.
 */
const slow = [
  "test/functions/fail-over-services/hosted.test.ts",
  "test/matrix/singles-access.test.ts",
  "test/matrix/singles-resources.test.ts",
  "test/cli/hosted.test.ts",
  "test/functions/rotate-credentials/single-failures.test.ts",
  "test/functions/rotate-credentials/rotation-crash.test.ts",
  "test/functions/provision-services/queue.test.ts",
  "test/functions/rotate-credentials/canary.test.ts",
  "test/simulation/system.test.ts",
  "test/simulation/system-more.test.ts",
  "test/simulation/quota.test.ts",
];

/** Begins with the files that take longest. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const gone = slow.filter((file) => !existsSync(file));
    if (gone.length > 0) throw new Error(`test/setup/slow-first.ts names what is no test file: ${gone.join(", ")}`);
    const place = ({ moduleId }: TestSpecification) => {
      const index = slow.findIndex((file) => moduleId.endsWith(`/${file}`));
      return index < 0 ? slow.length : index;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}
