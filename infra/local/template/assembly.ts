import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, type Stack } from "aws-cdk-lib";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import * as z from "zod";
import { outputDirectory } from "./output-directory.ts";
import { type Template, templateSchema } from "./template.ts";

/** A synthesized stack: what `cdk deploy` would send, and where its bundled functions are. */
export interface Assembly {
  stackName: string;
  region: string;
  template: Template;
  /** Directories of the functions' code by logical id. */
  codeDirectories: Readonly<Record<string, string>>;
  /** What people call the functions, by logical id: the ids of their constructs. */
  constructIds: Readonly<Record<string, string>>;
}

/** Where a stack is synthesized to, and what need not be bundled. */
export interface SynthesisOptions {
  /** Where to. @default a directory of this process, which goes with it */
  outdir?: string;
  /** Code that is bundled already, by the function's logical id. Nothing is bundled then. */
  codeDirectories?: Readonly<Record<string, string>>;
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

const codeSchema = z.looseObject({ Code: z.looseObject({ S3Key: z.string() }) });

/** Directory of each function's code, as the assembly's list of assets has it. */
function findCode(template: Template, assetsFile: string, outdir: string): Record<string, string> {
  const { files } = assetsSchema.parse(JSON.parse(readFileSync(assetsFile, "utf8")));
  const directories = new Map(
    Object.values(files).flatMap(({ source, destinations }) =>
      Object.values(destinations).map(({ objectKey }) => [objectKey, join(outdir, source.path)] as const),
    ),
  );
  const functions = Object.entries(template.Resources).filter(([, { Type }]) => Type === "AWS::Lambda::Function");
  return Object.fromEntries(
    functions.flatMap(([logicalId, { Properties }]) => {
      const directory = directories.get(codeSchema.safeParse(Properties).data?.Code.S3Key ?? "");
      return directory === undefined ? [] : [[logicalId, directory]];
    }),
  );
}

/** A construct's own resource is called `Resource`. */
function functionConstructs(stack: Stack): Record<string, string> {
  const functions = stack.node.findAll().filter((construct) => construct instanceof CfnFunction);
  return Object.fromEntries(
    functions.map((construct) => {
      const { id, scope } = construct.node;
      return [String(stack.resolve(construct.logicalId)), id === "Resource" && scope ? scope.node.id : id];
    }),
  );
}

/** Where a stack goes that names no region. */
const fallbackRegion = "us-east-1";

/**
 * Synthesizes a stack into a directory and reads the result back, exactly as the CDK command line would hand it to
 * CloudFormation.
 *
 * @param build adds the stack to the app
 */
export function synthesize(
  build: (app: App) => Stack,
  { outdir = outputDirectory(), codeDirectories }: SynthesisOptions = {},
): Assembly {
  const app = new App({
    outdir,
    analyticsReporting: false,
    treeMetadata: false,
    // It takes longer than everything else here, and `cdk synth` makes it anyway.
    builtinCloudFormationValidation: false,
    ...(codeDirectories && { context: { "aws:cdk:bundling-stacks": [] } }),
  });
  const stack = build(app);
  const { artifactId } = stack;
  const artifact = app.synth().getStackArtifact(artifactId);
  const template = templateSchema.parse(artifact.template);
  const { region } = artifact.environment;
  return {
    stackName: artifact.stackName,
    region: region === "unknown-region" ? fallbackRegion : region,
    template,
    codeDirectories: codeDirectories ?? findCode(template, join(outdir, `${artifactId}.assets.json`), outdir),
    constructIds: functionConstructs(stack),
  };
}
