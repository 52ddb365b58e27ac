import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

/** Where no command can be found by its name: as where only a shell would find it. */
function run(call: string) {
  const code = `import { runPackageCommand } from "./infra/package-command.ts"; process.exitCode = ${call};`;
  return spawnSync(process.execPath, ["--input-type=module-typescript", "--eval", code], {
    encoding: "utf8",
    env: { PATH: "" },
  });
}

test("a command runs without a shell and without PATH", () => {
  const { status, stdout, stderr } = run('runPackageCommand({ packageName: "vitest" }, ["--version"])');
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toMatch(/\d+\.\d+\.\d+/);
});

test("its exit code is handed on", () => {
  expect(run('runPackageCommand({ packageName: "vitest" }, ["run", "--nonsense"])').status).toBe(1);
});

test("what is not installed is said, with what to do", () => {
  const { status, stderr } = run('runPackageCommand({ packageName: "not-installed-here" }, [])');
  expect(status).toBe(1);
  expect(stderr).toBe(
    "not-installed-here could not be started (MODULE_NOT_FOUND). Run it through npm, after npm ci.\n",
  );
});
