import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { App, Stack } from "aws-cdk-lib";
import * as z from "zod";
import { type Assembly, synthesize } from "./assembly.ts";
import { prepareDirectory } from "./output-directory.ts";

/** Names the directory that processes share, if they do. */
const variable = "LOCAL_HOST_SHARED_BUNDLES";

/**
 * Lets this process and those that it starts bundle the functions once between them: whoever needs them first does,
 * the others wait. For the set-up of a test run.
 *
 * @returns what ends it and removes the bundles
 */
export function shareBundles(): () => void {
  const directory = mkdtempSync(join(tmpdir(), "ringcx-bundles-"));
  process.env[variable] = directory;
  return () => {
    delete process.env[variable];
    rmSync(directory, { recursive: true, force: true });
  };
}

/** Longest wait for another process's bundles, in milliseconds. */
const patienceMs = 60_000;

/**
 * Synthesizes a stack with shared bundles where there are some, otherwise with its own. Only stacks with the same
 * functions may share: code is found by a function's logical id.
 *
 * @param outdir where to, where nothing is shared. @default a directory of this process, which goes with it
 */
export async function synthesizeShared(build: (app: App) => Stack, outdir?: string): Promise<Assembly> {
  const alone = outdir === undefined ? {} : { outdir };
  const directory = process.env[variable];
  if (directory === undefined || !existsSync(directory)) return synthesize(build, alone);
  const list = join(directory, "bundles.json");
  const claim = join(directory, "assembly");
  for (const end = Date.now() + patienceMs; Date.now() < end; await delay(50)) {
    if (existsSync(list)) {
      const codeDirectories = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(list, "utf8")));
      return synthesize(build, { ...alone, codeDirectories });
    }
    if (!claimed(claim)) continue;
    try {
      prepareDirectory(claim);
      const assembly = synthesize(build, { outdir: claim });
      writeFileSync(`${list}.new`, JSON.stringify(assembly.codeDirectories));
      renameSync(`${list}.new`, list);
      return assembly;
    } catch (error) {
      rmSync(claim, { recursive: true, force: true });
      throw error;
    }
  }
  return synthesize(build, alone);
}

/** Takes the bundling upon this process, unless another has. */
function claimed(directory: string): boolean {
  try {
    mkdirSync(directory);
    return true;
  } catch {
    return false;
  }
}
