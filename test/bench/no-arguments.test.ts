import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { patienceMs } from "../support/patience.ts";
import { isLongRun } from "../support/runs.ts";
import { instead } from "./no-arguments.ts";

test.each([
  [[], undefined],
  [["--help"], { isHelp: true, exitCode: 0 }],
  [["-h"], { isHelp: true, exitCode: 0 }],
  [["abc"], { isHelp: false, exitCode: 64 }],
])("what takes no arguments answers %j", (args, answer) => {
  const words = "npm run costs takes no arguments: it counts.";
  expect(instead(args, { script: "costs", does: "counts" })).toEqual(answer && { words, ...answer });
});

// Each program takes seconds to load.
test.runIf(isLongRun).each<[file: string, arg: string, told: { status: number; stdout?: RegExp; stderr?: RegExp }]>([
  ["large-messages.ts", "--help", { status: 0, stdout: /^npm run scaling takes no arguments: it measures/ }],
  ["costs.ts", "--halp", { status: 64, stderr: /^npm run costs takes no arguments/ }],
  ["main.ts", "nope", { status: 64, stderr: /^There is no bench "nope"/ }],
])("%s %s is answered, and nothing is measured", (file, arg, { status, stdout = /^$/, stderr = /^$/ }) => {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const ended = spawnSync(process.execPath, [path, arg], { encoding: "utf8", timeout: patienceMs });
  const told = { stdout: expect.stringMatching(stdout), stderr: expect.stringMatching(stderr) };
  expect(ended).toMatchObject({ status, ...told });
});
