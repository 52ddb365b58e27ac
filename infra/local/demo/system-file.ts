import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { UsageError } from "../../../cli/exit-codes.ts";
import { fileErrorWords } from "../../../cli/read-file.ts";
import { parseJson } from "../../../shared/primitives/json.ts";
import { isRunning, type LocalSystem, type SystemProcess, startOf, systemProcessSchema } from "./local-system.ts";

/** The file that says where a local system is, as long as its process runs. It is that process's, and nobody else removes it. */
export interface SystemFile {
  /** @throws {UsageError} where it has become another process's */
  write(system: LocalSystem): void;
  /** Also done when the process exits. */
  remove(): void;
}

/** A file that `npm start` wrote, of this version or an older one. */
const writtenSchema = z.union([
  z.looseObject({ process: systemProcessSchema }),
  z.looseObject({ endpoint: z.string(), outputs: z.looseObject({}) }).transform(() => ({ process: undefined })),
]);

/**
 * Takes the file for this process, before anything else is done: until it is written it says who starts. What a process that
 * has ended left there is taken over.
 *
 * @throws {UsageError} where another system that runs is named there, where the file is something else, and where none can be
 *   written
 */
export function claimSystemFile(file: string): SystemFile {
  const self: SystemProcess = { pid: process.pid, start: startOf(process.pid) };
  const isOurs = () => {
    const owner = ownerOf(file);
    return owner !== "somebody" && owner?.pid === self.pid && owner.start === self.start;
  };
  claim(file, self);
  const remove = () => {
    process.off("exit", remove);
    if (isOurs()) rmSync(file, { force: true });
  };
  process.once("exit", remove);
  return {
    write(system) {
      if (!isOurs())
        throw new UsageError(`${file} was taken by another process meanwhile. Give --json FILE, another one.`);
      // In one step: who reads it finds the one or the other.
      const text = `${JSON.stringify({ ...system, process: self }, undefined, 2)}\n`;
      writeFileSync(`${file}.${self.pid}`, text, { mode: 0o600 });
      renameSync(`${file}.${self.pid}`, file);
    },
    remove,
  };
}

function claim(file: string, self: SystemProcess): void {
  const text = `${JSON.stringify({ process: self })}\n`;
  try {
    if (statSync(file, { throwIfNoEntry: false })) removeStale(file);
    writeFileSync(file, text, { flag: "wx", mode: 0o600 });
  } catch (error) {
    throw error instanceof UsageError
      ? error
      : new UsageError(`--json ${file} cannot be written: ${fileErrorWords(error)}.`);
  }
}

/** @throws {UsageError} for a file that must stay */
function removeStale(file: string): void {
  const owner = ownerOf(file);
  if (owner === "somebody") {
    throw new UsageError(
      `--json ${file} is there, and nothing that \`npm start\` wrote. Name another file, or remove it.`,
    );
  }
  if (owner && isRunning(owner)) {
    throw new UsageError(
      `Another local system runs (process ${owner.pid}) and is named in ${file}. End that, or give this one a file of its own: ` +
        "`npm start -- --stay --json second.json`, which `npm run ops -- status --local second.json` then reads.",
    );
  }
  rmSync(file);
}

/** @returns "somebody" for what is no such file; `undefined` where no process is named: none is there, or an older version's */
function ownerOf(file: string): SystemProcess | "somebody" | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) return undefined;
  if (!found.isFile()) return "somebody";
  const text = readFileSync(file, "utf8");
  if (text.trim() === "") return undefined;
  const written = writtenSchema.safeParse(parseJson(text)?.value);
  return written.success ? written.data.process : "somebody";
}
