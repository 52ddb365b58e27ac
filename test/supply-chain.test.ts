import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

describe("packages", () => {
  interface LockedPackage {
    integrity?: string;
    inBundle?: boolean;
    hasInstallScript?: boolean;
  }
  const lock = JSON.parse(read("package-lock.json")) as { packages: Record<string, LockedPackage> };
  const locked = Object.entries(lock.packages).filter(([path]) => path !== "");

  test("each is pinned by the hash of its content; those bundled in another by that one's", () => {
    expect(locked.length).toBeGreaterThan(100);
    const loose = locked.filter(([, { integrity, inBundle }]) => !integrity?.startsWith("sha512-") && !inBundle);
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  test("a script that one runs when it is installed is allowed or denied by name in package.json", () => {
    const { allowScripts } = JSON.parse(read("package.json")) as { allowScripts: Record<string, boolean> };
    const running = locked.filter(([, { hasInstallScript }]) => hasInstallScript);
    const names = running.map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
    expect(names.filter((name) => allowScripts[name] === undefined)).toEqual([]);
  });
});

describe("workflows", () => {
  const folder = ".github/workflows";
  const workflows = readdirSync(join(root, folder)).map((name) => [name, read(join(folder, name))] as const);

  test.each(workflows)("%s uses actions by commit, which a tag that moves cannot change", (_, text) => {
    const used = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action);
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) expect(action).toMatch(/^[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+){0,2}$/);
  });

  test.each(workflows)("%s may do nothing by default, and its jobs may read at most", (_, text) => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    // A release, and nothing that a pull request can start, may say who it is.
    const isRelease = /^on:\n {2}push:\n {4}tags: \["v\*"\]\n\n/m.test(text);
    const allowed = isRelease ? text.replace("id-token: write", "") : text;
    expect(allowed).not.toMatch(/: write\b|write-all|pull_request_target/);
  });
});

/** Runs the audit with an npm that answers so. */
function audit(answer: string, code: number) {
  const folder = mkdtempSync(join(tmpdir(), "npm-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const npm = join(folder, "npm");
  writeFileSync(npm, `#!/bin/sh\ncat >&2 <<'END'\n${answer}\nEND\nexit ${code}\n`);
  chmodSync(npm, 0o755);
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
  const { status, stdout } = spawnSync(join(root, ".ci/audit"), { env, encoding: "utf8" });
  return { status, stdout };
}

describe("the audit", () => {
  test("fails for a vulnerability, and for a registry that could have answered and did not", () => {
    expect(audit("# npm audit report\n\nky  <2.0.1\nSeverity: high", 1).status).toBe(1);
    expect(
      audit("npm warn audit 503 Service Unavailable - POST\nnpm error audit endpoint returned an error", 1),
    ).toEqual(expect.objectContaining({ status: 1 }));
  });

  test("says as a warning that nothing was checked where the registry has no such endpoint", () => {
    const { status, stdout } = audit("npm warn audit 405 Method Not Allowed - POST\nnpm error audit endpoint", 1);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^::warning .*Nothing was checked/m);
  });

  test("says nothing more where all is well", () => {
    expect(audit("found 0 vulnerabilities", 0)).toEqual({ status: 0, stdout: "found 0 vulnerabilities\n" });
  });
});
