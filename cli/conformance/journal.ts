import { readdir, readFile, rm, writeFile } from "node:fs/promises";
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
  /**
   * When the run has ended by itself: takes away what it wrote, with what one that is over has left. One that was
   * refused before it wrote anything takes nothing away, least of all what the run that works has written.
   */
  remove(): Promise<void>;
}

/** See {@link Journal}. What stands in the folder is read now. Each run has a file of its own. */
export async function openJournal(directory: string, self = thisProcess): Promise<Journal> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => /^run(-\w+)?\.json$/.test(name));
  const before = await Promise.all(
    names.map(async (name) => {
      const file = join(directory, name);
      const text = await readFile(file, "utf8").catch(() => "");
      return { file, entry: entrySchema.safeParse(parseJson(text)?.value).data };
    }),
  );
  const over = before.filter(({ entry }) => entry?.machine === self.machine && !self.isAlive(entry.process));
  /** Files of runs that this one has followed. */
  const followed = new Set<string>();
  let own: string | undefined;
  return {
    isOver({ text: mark }) {
      const found = over.find(({ entry }) => entry?.mark === mark);
      if (found) followed.add(found.file);
      return found !== undefined;
    },
    async write({ text: mark }) {
      own = join(directory, `run-${mark}.json`);
      await writeFile(own, JSON.stringify({ mark, process: self.process, machine: self.machine }));
    },
    async remove() {
      if (own === undefined) return;
      for (const file of [own, ...followed]) await rm(file, { force: true });
    },
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
