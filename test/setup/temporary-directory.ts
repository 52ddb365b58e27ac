import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What tests and CDK leave in the system's temporary directory goes when the run is over. */
export default function setup() {
  const { TMPDIR } = process.env;
  const directory = mkdtempSync(join(tmpdir(), "ringcx-test-"));
  process.env.TMPDIR = directory;
  // Commands that tests start as processes of their own need not compile again what others have.
  process.env.NODE_COMPILE_CACHE ??= join(directory, "compiled");
  return () => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    rmSync(directory, { recursive: true, force: true });
  };
}
