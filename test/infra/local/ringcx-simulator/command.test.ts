import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { readCommandLine } from "../../../../infra/local/ringcx-simulator/options.ts";

const main = fileURLToPath(new URL("../../../../infra/local/ringcx-simulator/main.ts", import.meta.url));
const children: ChildProcessWithoutNullStreams[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function run(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args]);
  children.push(child);
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output.stderr += chunk;
  });
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.on("data", () => {
      if (output.stdout.includes("\n")) resolve(output.stdout.split("\n")[0] ?? "");
    });
  });
  return { child, output, exit, firstLine };
}

test("prints one JSON line when it is ready, serves, and Ctrl-C ends it cleanly", async () => {
  const { child, output, exit, firstLine } = run("--account", "42", "--v1-auth-link", "off", "--limit", "2");
  const ready = JSON.parse(await firstLine);
  expect(Object.keys(ready)).toEqual([
    "url",
    "platformUrl",
    "accountId",
    "clientId",
    "clientSecret",
    "jwt",
    "accessToken",
  ]);
  expect(ready.accountId).toBe("42");
  const list = () =>
    fetch(`${ready.url}/voice/api/v1/admin/accounts/42/httpServiceGroups`, {
      headers: { authorization: `Bearer ${ready.accessToken}` },
    });
  expect([(await list()).status, (await list()).status, (await list()).status]).toEqual([200, 200, 429]);
  child.kill("SIGINT");
  expect(await exit).toBe(0);
  expect(output.stdout.trim().split("\n")).toHaveLength(1);
  expect(output.stderr).toBe("");
});

test("a profile is read from a file; a wrong one is named with the nearest and exits 2", async () => {
  const folder = await mkdtemp(join(tmpdir(), "profile-"));
  const file = join(folder, "profile.json");
  await writeFile(file, JSON.stringify({ "errors.missing": "forbidden" }));
  const { child, exit, firstLine } = run("--profile", file);
  const { url, accountId, accessToken } = JSON.parse(await firstLine);
  const group = `${url}/voice/api/v1/admin/accounts/${accountId}/httpServiceGroups/1`;
  expect((await fetch(group, { headers: { authorization: `Bearer ${accessToken}` } })).status).toBe(403);
  child.kill("SIGTERM");
  expect(await exit).toBe(0);

  await writeFile(file, JSON.stringify({ "errors.mising": "forbidden" }));
  const wrong = run("--profile", file);
  expect(await wrong.exit).toBe(64);
  const message = "errors.mising: is no assumption of the catalogue; the nearest is errors.missing";
  expect(wrong.output.stderr).toBe(`--profile: ${message}\n`);

  await writeFile(file, "[]");
  const list = run("--profile", file);
  expect(await list.exit).toBe(64);
  expect(list.output.stderr).toMatch(/^--profile: a profile is a JSON object of answers/);
  await rm(folder, { recursive: true });
});

test("an unknown option names itself, prints the usage and exits 2", async () => {
  const { output, exit } = run("--prot", "8080");
  expect(await exit).toBe(64);
  expect(output.stderr).toContain("--prot");
  expect(output.stderr).toContain("Usage: npm run simulator");
  expect(output.stdout).toBe("");
});

test("a port in use is said in one line", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const { output, exit } = run("--port", String(port));
  expect(await exit).toBe(1);
  expect(output.stderr).toBe(`Port ${port} is in use. Choose another one with --port.\n`);
  other.close();
});

test("a seed is read from a file; a wrong one is named and exits 2", async () => {
  const folder = await mkdtemp(join(tmpdir(), "seed-"));
  const file = join(folder, "seed.json");
  await writeFile(file, JSON.stringify({ accounts: [{ accountId: "9", groups: [{ groupName: "A" }] }] }));
  const { child, exit, firstLine } = run("--seed", file);
  expect(JSON.parse(await firstLine).accountId).toBe("9");
  child.kill("SIGTERM");
  expect(await exit).toBe(0);

  await writeFile(file, JSON.stringify({ accounts: [{ accountId: "9", groups: [{}] }] }));
  const wrong = run("--seed", file);
  expect(await wrong.exit).toBe(64);
  expect(wrong.output.stderr).toBe("--seed: accounts[0]: groups[0]: groupName: is required\n");
  await writeFile(file, "{");
  const broken = run("--seed", file);
  expect(await broken.exit).toBe(64);
  expect(broken.output.stderr).toContain("is not valid JSON");
  await rm(folder, { recursive: true });
  const missing = run("--seed", file);
  expect(await missing.exit).toBe(64);
  expect(missing.output.stderr).toContain("no such file");
});

test("options become settings in milliseconds", () => {
  const args =
    "--window-seconds 1.5 --fixed-window-phase 2 --token-life-seconds 30 --exchange-limit 7 --v1-auth-link on";
  expect(readCommandLine([...args.split(" "), "--account", "1", "--account", "2"])).toEqual({
    options: {
      windowMs: 1500,
      window: { fixedPhaseMs: 2000 },
      tokenLifeMs: 30_000,
      exchangeLimit: 7,
      accounts: ["1", "2"],
      v1AuthLink: true,
    },
    seedFile: undefined,
    profileFile: undefined,
  });
  expect(readCommandLine(["--profile", "p.json"])).toEqual({ options: {}, seedFile: undefined, profileFile: "p.json" });
  expect(readCommandLine(["--help"])).toBe("help");
});

test.each([
  ["--port", "70000"],
  ["--port", "web"],
  ["--limit", "0"],
  ["--limit", "1.5"],
  ["--window-seconds", "0"],
  ["--token-life-seconds", ""],
  ["--account", "abc"],
  ["--v1-auth-link", "maybe"],
])("%s %s is refused, naming the option", (option, value) => {
  expect(() => readCommandLine([option, value])).toThrow(option);
});

test("a word that is no option is refused", () => {
  expect(() => readCommandLine(["8080"])).toThrow("8080");
});
