import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { App, Stack } from "aws-cdk-lib";
import type { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { transformSync } from "esbuild";
import { zipSync } from "fflate";
import { AutomationFunction, bundleName } from "../infra/constructs/building-blocks/automation-function.ts";
import { runPackageCommand } from "../infra/package-command.ts";
import { RingCxAutomation } from "../infra/ringcx-automation.ts";
import { removeUnreachableDeclarations } from "./declarations.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

/** What goes into the package: JavaScript with types, and a bundle for each function. */
async function build(): Promise<number> {
  rmSync(dist, { recursive: true, force: true });
  const code = runPackageCommand({ packageName: "typescript", command: "tsc" }, ["-p", join(root, "package")]);
  if (code !== 0) return code;
  removeUnreachableDeclarations(dist, declaredEntries());
  removeComments();
  await bundleFunctions(join(dist, "lambda"));
  return 0;
}

/** Declarations that package.json names. */
function declaredEntries(): string[] {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return Object.values<{ types?: string }>(exports).flatMap(({ types }) => (types ? [join(root, types)] : []));
}

/** Comments stay in the declarations, where editors read them; the compiler's own option would take both. */
function removeComments(): void {
  const names = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  for (const name of names) {
    const file = join(dist, name);
    writeFileSync(file, transformSync(readFileSync(file, "utf8"), { target: "es2024" }).code);
  }
}

/** The bundles as any deployment from a checkout makes them, each in a zip. */
async function bundleFunctions(target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const outdir = mkdtempSync(join(tmpdir(), "ringcx-automation-"));
  try {
    const app = new App({ outdir, context: { "aws:cdk:enable-asset-metadata": true } });
    const stack = new Stack(app, "Package", { env: { region: "us-east-1" } });
    const connections = [{ name: "main", accountIds: ["1"] }];
    const automation = new RingCxAutomation(stack, "Automation", { name: "package", connections });
    app.synth();
    for (const made of automation.node.findAll()) {
      if (!(made instanceof AutomationFunction)) continue;
      const { metadata = {} } = (made.node.defaultChild as CfnFunction).cfnOptions;
      const folder = join(outdir, String(metadata["aws:asset:path"]));
      writeFileSync(join(target, bundleName(made.entry)), zipOf(folder));
    }
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** A zip that is the same for the same files. Without source maps, which weigh more than the code. */
function zipOf(folder: string): Uint8Array {
  const names = readdirSync(folder).filter((name) => !name.endsWith(".map"));
  const files = Object.fromEntries(
    names.sort().map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]),
  );
  return zipSync(files, { level: 9, mtime: new Date(1980, 0, 1) });
}

process.exitCode = await build();
