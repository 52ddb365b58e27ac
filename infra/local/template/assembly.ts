import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { App, type Stack } from "aws-cdk-lib";
import * as z from "zod";
import { type Template, templateSchema } from "./template.ts";

/** A synthesized stack: what `cdk deploy` would send, and the directories of its bundled functions. */
export interface Assembly {
  stackName: string;
  region: string;
  template: Template;
  /** The directory behind the `S3Key` of a function's code. */
  assetDirectory(s3Key: string): string;
}

const assetsSchema = z.looseObject({
  files: z.record(
    z.string(),
    z.looseObject({
      source: z.looseObject({ path: z.string() }),
      destinations: z.record(z.string(), z.looseObject({ objectKey: z.string() })),
    }),
  ),
});

let directory: string | undefined;

/**
 * One directory for all assemblies of this process: the CDK keeps what it has bundled, but only for the same
 * output directory, and bundling is most of the time that a start takes.
 */
function outputDirectory(): string {
  if (directory) return directory;
  const created = mkdtempSync(join(tmpdir(), "ringcx-assembly-"));
  // Lambda's Node.js runtime brings the AWS SDK along, so a bundle may leave it out; it brings nothing else.
  const modules = dirname(dirname(dirname(createRequire(import.meta.url).resolve("@aws-sdk/client-sqs/package.json"))));
  mkdirSync(join(created, "node_modules"));
  for (const scope of ["@aws-sdk", "@smithy"]) symlinkSync(join(modules, scope), join(created, "node_modules", scope));
  const remove = () => rmSync(created, { recursive: true, force: true });
  process.once("exit", remove);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      // Whoever else listens ends the process in its own way, and "exit" follows.
      if (process.listenerCount(signal) > 0) return;
      remove();
      process.kill(process.pid, signal);
    });
  }
  directory = created;
  return created;
}

/**
 * Synthesizes a stack into a temporary directory and reads the result back, exactly as the CDK command line
 * would hand it to CloudFormation.
 *
 * @param build adds the stack to the app
 * @throws when the stack names no region and none is given
 */
export function synthesize(build: (app: App) => Stack, fallbackRegion = "us-east-1"): Assembly {
  const outdir = outputDirectory();
  const app = new App({ outdir, analyticsReporting: false });
  const { artifactId } = build(app);
  const cloudAssembly = app.synth();
  const artifact = cloudAssembly.getStackArtifact(artifactId);
  const template = templateSchema.parse(artifact.template);
  const assets = assetsSchema.parse(JSON.parse(readFileSync(join(outdir, `${artifactId}.assets.json`), "utf8")));
  const directories = new Map(
    Object.values(assets.files).flatMap(({ source, destinations }) =>
      Object.values(destinations).map(({ objectKey }) => [objectKey, join(outdir, source.path)] as const),
    ),
  );
  const { region } = artifact.environment;
  return {
    stackName: artifact.stackName,
    region: region === "unknown-region" ? fallbackRegion : region,
    template,
    assetDirectory(s3Key) {
      const found = directories.get(s3Key);
      if (!found) throw new Error(`The assembly of ${artifact.stackName} holds no asset ${s3Key}`);
      return found;
    },
  };
}
