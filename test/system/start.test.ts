import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterEach, expect, onTestFailed, onTestFinished, test } from "vitest";
import type { Snapshot } from "../../console/snapshot.ts";
import { type LocalSystem, localSystemSchema } from "../../infra/local/demo/local-system.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

/** `npm start -- ...` without npm: what a person types, as a process of its own. */
function start(...options: string[]) {
  return command(["infra/local/demo/main.ts", ...options]);
}

function command(args: readonly string[]) {
  const child = spawn(process.execPath, args, { cwd: root });
  started.push(child);
  let text = "";
  const collect = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const ended = once(child, "exit").then(([code]) => code as number | null);
  return {
    child,
    ended,
    text: () => text,
    async shows(pattern: RegExp) {
      await expect.poll(() => text, { interval: 100 }).toMatch(pattern);
    },
  };
}

async function messageFile(lines: readonly unknown[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "messages-"));
  const file = join(folder, "messages.ndjson");
  await writeFile(file, lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
  return file;
}

test("the example runs through all three jobs and everything is as it should be", async () => {
  const run = start();
  expect(await run.ended, run.text()).toBe(0);
  expect(run.text()).toMatch(/CRM enrichment \/ Lookup customer by ANI +active +CRM OAuth \(OAUTH\)/);
  expect(run.text()).toMatch(/refused for their rate \(429\): 0/);
  expect(run.text()).toMatch(/Everything is as it should be/);
});

test("a bad line is reported with its number, a bad message with its fields, and the rest goes on, to one's own endpoint", {
  timeout: 120_000,
}, async () => {
  const endpoint = createServer((_, response) => response.end("{}")).listen(0, "127.0.0.1");
  onTestFinished(() => void endpoint.close());
  await once(endpoint, "listening");
  const host = `127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
  const event = (id: string, data: unknown) => ({
    specversion: "1.0",
    id,
    source: "/test",
    type: "ringcx.apply.v1",
    time: "2026-01-05T09:00:00Z",
    data,
  });
  const file = await messageFile([
    "{oops",
    event("wrong", { accountId: "123456", resources: [{ kind: "httpServiceGroup", groupname: "A" }] }),
    event("right", {
      accountId: "123456",
      resources: [
        { kind: "httpServiceGroup", groupName: "Orders" },
        {
          kind: "httpService",
          groupName: "Orders",
          serviceDescription: "Mine",
          serviceType: "HTTP_GET",
          httpServiceConfig: { url: `http://${host}/orders` },
          isEnabled: true,
          validation: { method: "GET", expect: { status: 200 } },
        },
      ],
    }),
  ]);
  const run = start("--file", file, "--allow-host", host);
  expect(await run.ended, run.text()).toBe(1);
  expect(run.text()).toMatch(/line 1 is passed over: not valid JSON/);
  expect(run.text()).toMatch(/REJECTED/);
  expect(run.text()).toMatch(/data\.resources\[0\]\.groupname.*groupName/);
  expect(run.text()).toMatch(/CREATED +httpServiceGroup "Orders"/);
  expect(run.text()).toMatch(/Orders \/ Mine +active/);
  await rm(file);
});

test("--stay tells where everything listens, and Ctrl-C ends it cleanly", async () => {
  const file = await messageFile([""]);
  const json = `${file}.json`;
  const hosts = ["--allow-host", "127.0.0.1:8080", "--allow-host", "*.example.org"];
  const run = start("--stay", "--file", file, "--json", json, ...hosts);
  await run.shows(
    /It keeps running until Ctrl-C[\s\S]*console +http:\/\/127[\s\S]*provisioning queue +http:\/\/127\.0\.0\.1/,
  );
  // The command line finds it by what it writes, and can wait for as long as somebody looks.
  const system = localSystemSchema.parse(JSON.parse(await readFile(json, "utf8")));
  expect(system.variables).toHaveProperty("CRM_URL");
  const { faultsUrl = "no door" } = system;
  expect(run.text()).toContain(`faults of AWS       ${faultsUrl}`);
  const fault = { kind: "lost-answer", service: "secretsmanager", operation: "UpdateSecretVersionStage", after: 99 };
  const answered = await fetch(faultsUrl, { method: "POST", body: JSON.stringify(fault) });
  expect(await answered.json()).toEqual([{ ...fault, times: 1 }]);
  await consoleWorks(system);
  const watch = command(["cli/main.ts", "status", "--local", json, "--watch"]);
  await watch.shows(/Nothing needs a person[\s\S]*Read again every 5 s/);
  watch.child.kill("SIGINT");
  expect(await watch.ended, watch.text()).toBe(130);
  // A second system does not take the first one's file, and says so before it bundles anything.
  const second = start("--stay", "--file", file, "--json", json);
  expect(await second.ended, second.text()).toBe(64);
  expect(second.text()).toMatch(new RegExp(`Another local system runs \\(process ${run.child.pid}\\) and is named in`));
  expect(JSON.parse(await readFile(json, "utf8"))).toEqual(system);
  run.child.kill("SIGINT");
  expect(await run.ended, run.text()).toBe(130);
  await expect(readFile(json)).rejects.toThrow("ENOENT");
});

/** Its page tells what happens, by the table and the queues; and nothing that is secret. */
async function consoleWorks({ consoleUrl = "", endpoint, region, credentials, outputs }: LocalSystem): Promise<void> {
  const look = async () => (await fetch(`${consoleUrl}/snapshot`)).text();
  const press = (action: string) =>
    fetch(`${consoleUrl}/actions/${action}`, { method: "POST", headers: { origin: consoleUrl } });
  expect((await press("secret")).status).toBe(200);
  expect((await press("alarm")).status).toBe(200);
  await expect.poll(look, { interval: 200 }).toContain("Alarm crm-lookup-unhealthy is ALARM.");
  const shown = JSON.parse(await look()) as Snapshot;
  expect(shown).toMatchObject({ status: { environment: "local" }, needsPerson: [], on: ["alarm"] });
  expect(shown.secrets.map(({ name }) => name)).toContain("crm/oauth");

  const secrets = new SecretsManagerClient({ endpoint, region, credentials });
  for (const SecretId of ["crm/oauth", "crm/basic", outputs.ConnectionSecretArnLocal]) {
    const { SecretString = "{}" } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    const { secret, password, clientSecret, jwt } = JSON.parse(SecretString) as Record<string, string>;
    for (const value of [secret, password, clientSecret, jwt]) {
      if (value !== undefined) expect(JSON.stringify(shown)).not.toContain(value);
    }
  }
}

test("it does not outlive what started it: npm hands no signal on", async () => {
  const file = await messageFile([""]);
  const command = `"${process.execPath}" infra/local/demo/main.ts --stay --file "${file}" --json "${file}.json"; true`;
  const shell = spawn("sh", ["-c", command], { cwd: root, detached: true });
  onTestFailed(() => {
    process.kill(-(shell.pid ?? 0), "SIGKILL");
  });
  let text = "";
  shell.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  await expect.poll(() => text, { interval: 100 }).toMatch(/It keeps running until Ctrl-C/);
  shell.kill("SIGTERM");
  // The pipe ends with the last process that holds it.
  await once(shell.stdout, "end");
});

test("an unknown option prints the usage", async () => {
  const run = start("--fast");
  expect(await run.ended).toBe(64);
  expect(run.text()).toMatch(/--fast[\s\S]*Usage: npm start/);
});

test("a host to allow that is none is named, with how one is written", async () => {
  const run = start("--allow-host", "https://api.example.com/x");
  expect(await run.ended).toBe(64);
  expect(run.text()).toMatch(
    /--allow-host https:\/\/api\.example\.com\/x: expected a host \([\s\S]*leave out scheme and path[\s\S]*Usage: npm start/,
  );
});

const login = ["--connection", "no-such.json", "--data", join(tmpdir(), "no-such-folder")];
test.each([
  [
    "a file that does not exist",
    ["--file", "no-such-file.ndjson"],
    /no-such-file\.ndjson cannot be read: there is no such file/,
  ],
  ["a file that is a folder", ["--file", tmpdir()], /cannot be read: it is a folder/],
  [
    "addresses that cannot be written",
    ["--json", join(tmpdir(), "no-such-folder", "system.json")],
    /system\.json cannot be written: there is no such/,
  ],
  ["addresses over somebody else's file", ["--json", "package.json"], /package\.json is there, and nothing that/],
  ["no account", login, /--connection FILE needs --account ID/],
  ["an account that is none", [...login, "--account", "abc"], /--account abc: a RingCX account is a string of digits/],
  [
    "a connection's file that does not exist",
    [...login, "--account", "1"],
    /no-such\.json cannot be read: there is no such file/,
  ],
  [
    "a connection's file that is none",
    ["--connection", "package.json", "--data", "x", "--account", "1"],
    /package\.json must be JSON with/,
  ],
  [
    "a folder that is a file",
    ["--connection", "package.json", "--data", "package.json", "--account", "1"],
    /package\.json/,
  ],
] as const)("%s: a sentence, and the exit code of wrong usage", async (_what, options, sentence) => {
  const run = start(...options);
  expect(await run.ended, run.text()).toBe(64);
  expect(run.text()).toMatch(sentence);
  expect(run.text()).not.toMatch(/\n\s+at |"code":/);
});
