import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as z from "zod";
import { edition } from "../../infra/edition.ts";
import {
  isRunning,
  type LocalSystem,
  localSystemFile,
  localSystemSchema,
  systemProcessSchema,
} from "../../infra/local/demo/local-system.ts";
import { parseJson } from "../../shared/primitives/json.ts";
import { UnreachableError } from "../exit-codes.ts";
import { type FoundEnvironment, stackOutputsSchema } from "./environment.ts";

const ownerSchema = z.looseObject({ process: systemProcessSchema });

/** What the file says before the system is there. */
function isClaim(written: unknown): boolean {
  return z.strictObject({ process: systemProcessSchema }).safeParse(written).success;
}

/**
 * The local system that is running.
 *
 * @param file empty for the one that `npm start -- --stay` writes
 * @throws {UnreachableError} where there is no such file, or it is of something else
 */
export async function findLocal(file: string, directory: string): Promise<FoundEnvironment> {
  const path = resolve(directory, file === "" ? localSystemFile : file);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new UnreachableError(
      `No local system is running here: ${path} cannot be read. Start one with ${edition.localSystem} in another terminal.`,
      cause,
    );
  });
  const written = parseJson(text)?.value;
  const owner = ownerSchema.safeParse(written).data?.process;
  if (owner && !isRunning(owner)) {
    throw new UnreachableError(
      `No local system is running here: the process that wrote ${path} has ended. Start one with ${edition.localSystem} in another terminal.`,
    );
  }
  const system = localSystemSchema.safeParse(written);
  if (owner && !system.success && isClaim(written)) {
    throw new UnreachableError(`The local system of ${path} is still starting. Try again when it says what it plays.`);
  }
  const found = system.success ? environmentOfLocal(system.data) : undefined;
  if (!found) {
    throw new UnreachableError(
      `${path} is not what ${edition.localSystem} writes, or of another version of it. Start it again.`,
    );
  }
  return found;
}

/** @returns `undefined` where the stack has not the outputs that are needed: another version runs */
export function environmentOfLocal(system: LocalSystem): FoundEnvironment | undefined {
  const { endpoint, region, credentials, connections, variables, allowedHosts, failoverMode } = system;
  const outputs = stackOutputsSchema.safeParse(system.outputs);
  if (!outputs.success) return undefined;
  return {
    name: "local",
    isLocal: true,
    // One attempt more: a system that has ended is told at once.
    clientConfig: { endpoint, region, credentials, maxAttempts: 2 },
    outputs: outputs.data,
    connections,
    variables,
    allowedHosts,
    failoverMode,
  };
}
