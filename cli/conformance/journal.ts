import { readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../shared/primitives/json.ts";
import type { Mark } from "./mark.ts";
import type { IsOver } from "./own-group.ts";

/** Who works with a mark: the process, and on which machine. */
const entrySchema = z.object({ mark: z.string(), process: z.int().positive(), machine: z.string() });

/** The process that asks. */
export const thisProcess = { process: process.pid, machine: hostname(), isAlive };

/** Says in the output folder which process a run is, so that the next one need not wait for one that was killed. */
export interface Journal {
  /** Whether the run with a mark is known to have ended: it stands in this folder, of this machine, and its process is gone. */
  isOver: IsOver;
  write(mark: Mark): Promise<void>;
  /** When the run has ended by itself. */
  remove(): Promise<void>;
}

/** See {@link Journal}. What stands in the folder is read now. */
export async function openJournal(directory: string, self = thisProcess): Promise<Journal> {
  const file = join(directory, "run.json");
  const text = await readFile(file, "utf8").catch(() => "");
  const before = entrySchema.safeParse(parseJson(text)?.value).data;
  return {
    isOver: ({ text: mark }) =>
      before?.mark === mark && before.machine === self.machine && !self.isAlive(before.process),
    async write({ text: mark }) {
      await writeFile(file, JSON.stringify({ mark, process: self.process, machine: self.machine }));
    },
    remove: () => rm(file, { force: true }),
  };
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    // Any other refusal says that it is there, and somebody else's.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
