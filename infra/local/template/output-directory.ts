import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

let own: string | undefined;

/**
 * One directory for all assemblies of this process: the CDK keeps what it has bundled, but only for the same
 * output directory, and bundling is most of the time that a start takes. It goes when the process ends.
 */
export function outputDirectory(): string {
  own ??= temporaryDirectory();
  return own;
}

/**
 * Makes a directory for a cloud assembly. Bundles that run from there find the AWS SDK, which Lambda's Node.js
 * runtime brings along, and no other package: it brings nothing else.
 */
export function prepareDirectory(directory: string): void {
  const modules = dirname(dirname(dirname(createRequire(import.meta.url).resolve("@aws-sdk/client-sqs/package.json"))));
  mkdirSync(join(directory, "node_modules"), { recursive: true });
  for (const scope of ["@aws-sdk", "@smithy"]) {
    // Windows lets everybody make a junction, and few a link; elsewhere the word means nothing.
    symlinkSync(join(modules, scope), join(directory, "node_modules", scope), "junction");
  }
}

function temporaryDirectory(): string {
  const created = mkdtempSync(join(tmpdir(), "ringcx-assembly-"));
  prepareDirectory(created);
  const remove = () => rmSync(created, { recursive: true, force: true });
  process.once("exit", remove);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      // Whoever else listens ends the process in its own way, and "exit" follows.
      if (process.listenerCount(signal) > 0) return;
      remove();
      process.kill(process.pid, signal);
    });
  }
  return created;
}
