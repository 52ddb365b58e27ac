import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findLocal } from "../../../../cli/environment/local.ts";
import { isRunning, type LocalSystem, startOf } from "../../../../infra/local/demo/local-system.ts";
import { claimSystemFile } from "../../../../infra/local/demo/system-file.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "system-file-"));
  file = join(folder, "system.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const system: LocalSystem = {
  endpoint: "http://127.0.0.1:1",
  region: "us-east-1",
  credentials: { accessKeyId: "a", secretAccessKey: "b" },
  outputs: {},
  connections: [],
  variables: {},
  allowedHosts: [],
};
const self = { pid: process.pid, start: startOf(process.pid) };
/** Runs as long as the test: whoever has started it. */
const other = { pid: process.ppid, start: startOf(process.ppid) };
const write = (content: unknown) =>
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
const read = () => JSON.parse(readFileSync(file, "utf8"));

describe("the file that says where a local system is", () => {
  test("is its process's from the start, and goes with it", () => {
    const claimed = claimSystemFile(file);
    expect(read()).toEqual({ process: self });
    claimed.write(system);
    expect(read()).toEqual({ ...system, process: self });
    expect(statSync(file).mode & 0o077).toBe(0);
    claimed.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("of another system that runs is left alone, and it is said how each is addressed", () => {
    write({ ...system, process: other });
    expect(() => claimSystemFile(file)).toThrow(
      new RegExp(
        `Another local system runs \\(process ${other.pid}\\) and is named in .*--json second\\.json.*--local second`,
      ),
    );
    expect(read()).toEqual({ ...system, process: other });
  });

  test("that became another's is neither written nor removed", () => {
    const claimed = claimSystemFile(file);
    write({ process: other });
    expect(() => claimed.write(system)).toThrow(/was taken by another process/);
    claimed.remove();
    expect(read()).toEqual({ process: other });
  });

  test.each<[string, unknown]>([
    ["a process that has ended", { ...system, process: { pid: 2 ** 22 + 1, start: "1" } }],
    ["a process whose number another one has now", { ...system, process: { ...other, start: "of another time" } }],
    ["a process that ended while it started", { process: { pid: 2 ** 22 + 1, start: "1" } }],
    ["an older version, which named no process", system],
    ["nobody: it is empty, as mktemp makes one", ""],
  ])("of %s is taken over in silence", (_, content) => {
    write(content);
    claimSystemFile(file).remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each<[string, unknown]>([
    ["settings", { name: "package" }],
    ["text", "my notes"],
  ])("that is something else (%s) is refused, and stays", (_, content) => {
    write(content);
    const before = readFileSync(file, "utf8");
    expect(() => claimSystemFile(file)).toThrow(/is there, and nothing that `npm start` wrote/);
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  test("in a folder that is not there, or that is one, is refused by its name", () => {
    expect(() => claimSystemFile(join(folder, "no", "system.json"))).toThrow(/system\.json cannot be written/);
    expect(() => claimSystemFile(folder)).toThrow(/nothing that `npm start` wrote/);
  });
});

describe("the command line", () => {
  test("tells a system that starts from one that has ended", async () => {
    write({ process: other });
    await expect(findLocal(file, folder)).rejects.toThrow(/is still starting/);
    write({ ...system, process: { pid: 2 ** 22 + 1, start: "1" } });
    await expect(findLocal(file, folder)).rejects.toThrow(/No local system is running here: the process that wrote/);
    write({ name: "package" });
    await expect(findLocal(file, folder)).rejects.toThrow(/is not what/);
  });

  test("knows a process by its number and its start", () => {
    expect(self.start).not.toBe("");
    expect(isRunning(self)).toBe(true);
    expect(isRunning({ ...self, start: "0" })).toBe(false);
  });
});
