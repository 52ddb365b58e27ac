import { spawnSync } from "node:child_process";
import { globSync, readdirSync, readFileSync } from "node:fs";
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

test("no code starts a package's command by a name that only a POSIX system finds", () => {
  const commands = new Set(readdirSync("node_modules/.bin"));
  expect(commands).toContain("cdk");
  const started = globSync("{shared,functions,infra,examples,test}/**/*.ts").flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/\b(?:spawn|exec|startGroup)\w*\)?\(\s*"([\w-]+)/g)].map(
      ([, name = ""]) => ({ file, name }),
    ),
  );
  expect(started.filter(({ name }) => commands.has(name))).toEqual([]);
});
