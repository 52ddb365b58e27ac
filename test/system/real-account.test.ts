import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CrmEndpoint, startCrmEndpoint } from "../../infra/local/demo/crm-endpoint.ts";
import { readOptions } from "../../infra/local/demo/options.ts";
import { readSecretsFile } from "../../infra/local/demo/real-account/secrets-file.ts";
import { type RingCxSimulator, startRingCxSimulator } from "../../infra/local/ringcx-simulator/server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let ringcx: RingCxSimulator;
let crm: CrmEndpoint;
let folder: string;
beforeAll(async () => {
  // It stands for RingCX: another process knows nothing of it but its address and a login.
  ringcx = await startRingCxSimulator({ accounts: ["123456"] });
  crm = await startCrmEndpoint();
  folder = await mkdtemp(join(tmpdir(), "one-machine-"));
});
afterAll(async () => {
  await ringcx.stop();
  await crm.stop();
  await rm(folder, { recursive: true });
});

const resources = () => [
  { kind: "httpServiceGroup", groupName: "CRM" },
  { kind: "authConfig", providerName: "CRM OAuth", authType: "OAUTH", secretId: "crm/oauth" },
  {
    kind: "httpService",
    groupName: "CRM",
    serviceDescription: "Lookup",
    serviceType: "HTTP_POST",
    httpServiceConfig: { url: `${crm.url}/customers/lookup` },
    authConfig: "CRM OAuth",
    isEnabled: true,
    validation: {
      method: "POST",
      body: { ani: "+15550100" },
      credential: { in: "HEADER", name: "Authorization", prefix: "Bearer " },
      expect: { status: 200 },
    },
  },
];

/** Writes the file of secrets with a new one. @returns it */
async function secretsFile(): Promise<string> {
  const secret = crm.issueClientSecret();
  const value = {
    clientId: crm.clientId,
    secret,
    tokenUrl: `${crm.url}/oauth/token`,
    grantType: "CLIENT_CREDENTIALS",
    clientCredentialsSupplyIn: "BODY",
  };
  const secrets = { "crm/oauth": { value, hosts: [new URL(crm.url).host] } };
  await writeFile(join(folder, "secrets.json"), JSON.stringify(secrets));
  return secret;
}

async function run(...more: string[]) {
  return runWith({}, ...more);
}

/** @param login what of the connection is otherwise */
async function runWith(login: { clientSecret?: string }, ...more: string[]) {
  const { child, text } = await begun(login, ...more);
  const [code] = (await once(child, "exit")) as [number | null];
  const writes = ringcx.requests.filter(
    ({ method, operation = "" }) => method !== "GET" && !/token|login/i.test(operation),
  );
  const reads = ringcx.requests.length - writes.length;
  const gets = ringcx.requests.filter(({ method }) => method === "GET").length;
  ringcx.clearRequests();
  return { code, text: text(), writes: writes.map(({ operation }) => operation), reads, gets };
}

/** One that runs. */
async function begun(login: { clientSecret?: string }, ...more: string[]) {
  const { url, platformUrl, clientId, clientSecret, jwt } = { ...ringcx, ...login };
  const file = async (name: string, content: unknown) => {
    await writeFile(join(folder, name), JSON.stringify(content));
    return join(folder, name);
  };
  const connection = await file("connection.json", { url, platformUrl, clientId, clientSecret, jwt });
  const args = ["--connection", connection, "--account", "123456", "--data", join(folder, "data")];
  const child = spawn(
    process.execPath,
    [
      ...["infra/local/demo/main.ts", ...args],
      ...["--secrets", join(folder, "secrets.json")],
      ...["--allow-host", new URL(crm.url).host],
      ...["--file", await file("manifests.json", { accountId: "123456", resources: resources() })],
      ...more,
    ],
    // A group of its own, so that it can be killed with its functions.
    { cwd: root, stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  return { child, text: () => text };
}

describe("one machine against a RingCX account", () => {
  it("shows what it would do, does it when it is told to, and repeats nothing in the next run", {
    timeout: 180_000,
  }, async () => {
    const clientSecret = await secretsFile();
    const planned = await run();
    expect(planned, planned.text).toMatchObject({ code: 2, writes: [] });
    expect(planned.text).toMatch(/Plan: 3 to create[\s\S]*Nothing was changed\. To carry it out give --yes\./);

    const done = await run("--yes");
    expect(done, done.text).toMatchObject({ code: 0 });
    expect(done.text).toMatch(/SUCCEEDED: 3 created/);
    expect(ringcx.state().groups[0]?.services[0]).toMatchObject({ serviceDescription: "Lookup", isEnabled: true });
    expect(ringcx.state().authConfigs[0]).toMatchObject({ secret: clientSecret });

    const again = await run("--yes");
    expect(again, again.text).toMatchObject({ code: 0, writes: [] });
    expect(again.text).toContain("Plan: 0 to create, 0 to change, 0 to delete, 3 unchanged.");
    // What is known of the account was kept; the token, too, unless the machine is slow.
    expect(again.gets).toBe(1);

    const { mode } = await stat(join(folder, "data"));
    expect(mode & 0o077).toBe(0);
    for (const said of [planned.text, done.text, again.text]) expect(said).not.toContain(clientSecret);
    for (const name of await readdir(join(folder, "data", "table"))) {
      expect(await readFile(join(folder, "data", "table", name), "latin1")).not.toContain(clientSecret);
    }
  });

  it("a value that changed is brought to RingCX as soon as a run stays, not when its schedule comes", {
    timeout: 180_000,
  }, async () => {
    await ringcx.stop();
    ringcx = await startRingCxSimulator({ accounts: ["123456"] });
    const data = ["--data", join(folder, "changed")];
    const before = await secretsFile();
    const first = await run(...data, "--yes");
    expect(first, first.text).toMatchObject({ code: 0 });
    expect(ringcx.state().authConfigs[0]).toMatchObject({ secret: before });
    const after = await secretsFile();
    const { child, text } = await begun({}, ...data, "--yes", "--stay");
    try {
      await expect.poll(text, { interval: 50, timeout: 60_000 }).toMatch(/It keeps running until Ctrl-C/);
      const secretNow = () => ringcx.state().authConfigs[0]?.secret;
      await expect.poll(secretNow, { interval: 100, timeout: 20_000, message: text() }).toBe(after);
    } finally {
      child.kill("SIGTERM");
      await once(child, "exit");
      ringcx.clearRequests();
    }
  });

  it("a plan that is refused is not begun, and that is said", async () => {
    const unknown = resources().map((one) => ({ ...one, ...("authConfig" in one && { authConfig: "Nobody's" }) }));
    await writeFile(join(folder, "refused.json"), JSON.stringify({ accountId: "123456", resources: unknown }));
    const refused = await run("--file", join(folder, "refused.json"), "--data", join(folder, "fresh"), "--yes");
    expect(refused, refused.text).toMatchObject({ code: 1, writes: [] });
    expect(refused.text).toMatch(/Nothing was carried out: what is refused is not begun/);
  });

  it("a file that is not there is told at once", async () => {
    const missing = await run("--file", join(folder, "no-such.yaml"), "--data", join(folder, "none"));
    expect(missing, missing.text).toMatchObject({ code: 64, writes: [], reads: 0 });
    expect(missing.text).toMatch(/no-such\.yaml cannot be read/);
  });

  it.each([
    ["SIGINT", 130, "while it starts", /Starting against/],
    ["SIGTERM", 143, "while it stays", /It keeps running until Ctrl-C/],
  ] as const)(
    "%s ends it with %d %s, within three seconds, and its table is free",
    {
      timeout: 120_000,
    },
    async (signal, code, _, begins) => {
      // It takes five logins a minute, which a quick machine has had before.
      await ringcx.stop();
      ringcx = await startRingCxSimulator({ accounts: ["123456"] });
      const options = ["--data", join(folder, "ended"), "--stay", "--yes"];
      const { child, text } = await begun({}, ...options);
      await expect.poll(text, { interval: 50 }).toMatch(begins);
      const asked = performance.now();
      child.kill(signal);
      expect(await once(child, "exit"), text()).toEqual([code, null]);
      expect(performance.now() - asked).toBeLessThan(3_000);
      expect(text()).toMatch(/Ended by [^\n]*\n$/);
      expect(await readdir(join(folder, "ended"))).not.toContain("system.json");
      ringcx.clearRequests();
    },
  );

  it("what a killed run has left is not worked on before it is agreed to, and then to its end", {
    timeout: 300_000,
  }, async () => {
    await ringcx.stop();
    ringcx = await startRingCxSimulator({ accounts: ["123456"] });
    await secretsFile();
    const data = ["--data", join(folder, "killed")];
    const { child, text } = await begun({}, ...data, "--yes");
    const made = () => ringcx.requests.some(({ operation }) => operation === "createHttpServiceGroup");
    await expect.poll(made, { interval: 5, message: text() }).toBe(true);
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await once(child, "exit");
    ringcx.clearRequests();

    const left = await run(...data);
    expect(left, left.text).toMatchObject({ code: 2, writes: [] });
    expect(left.text).toMatch(
      /1 message of an earlier run has not ended for account 123456[\s\S]*\n {2}\S+\/\S+, taken in [\s\S]*--yes carries them out[\s\S]*Nothing was changed\./,
    );

    await writeFile(
      join(folder, "group.json"),
      JSON.stringify({ accountId: "123456", resources: resources().slice(0, 1) }),
    );
    const ended = await run(...data, "--file", join(folder, "group.json"), "--yes");
    expect(ended, ended.text).toMatchObject({ code: 0 });
    expect(ended.text).toMatch(/\S+\/\S+ of an earlier run: SUCCEEDED: .*created/);
    expect(ringcx.state().groups[0]?.services[0]).toMatchObject({ serviceDescription: "Lookup", isEnabled: true });
  });

  it("a change that a killed run has noted is carried out before a run ends, and told", {
    timeout: 300_000,
  }, async () => {
    await ringcx.stop();
    ringcx = await startRingCxSimulator({ accounts: ["123456"] });
    await secretsFile();
    const data = ["--data", join(folder, "noted")];
    const made = await run(...data, "--yes");
    expect(made, made.text).toMatchObject({ code: 0 });
    const { child, text } = await begun({}, ...data, "--yes", "--stay");
    await expect.poll(text, { interval: 50, timeout: 60_000 }).toMatch(/It keeps running until Ctrl-C/);
    ringcx.faults.add({ kind: "status", status: 503, times: "always", match: { operation: "setHttpServiceIsActive" } });
    const system = join(folder, "noted", "system.json");
    const ops = ["cli/main.ts", "deactivate", "CRM/Lookup", "--why", "test", "--local", system, "--timeout", "5s"];
    await once(spawn(process.execPath, ops, { cwd: root, stdio: "ignore" }), "exit");
    const isTried = () => ringcx.requests.some(({ operation }) => operation === "setHttpServiceIsActive");
    await expect.poll(isTried, { interval: 50, timeout: 20_000, message: text() }).toBe(true);
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await once(child, "exit");
    ringcx.faults.clear();

    const ended = await run(...data, "--yes");
    expect(ended, ended.text).toMatchObject({ code: 0 });
    expect(ended.text).toMatch(
      /1 change of an earlier run is not carried out[\s\S]*CRM\/Lookup: carried out, it is inactive/,
    );
    expect(ringcx.state().groups[0]?.services[0]).toMatchObject({ isEnabled: false });
  });

  it("a login that is refused is told at once, and nothing begins", async () => {
    const refused = await runWith({ clientSecret: "canary-3" }, "--yes");
    expect(refused, refused.text).toMatchObject({ code: 4, writes: [], reads: 1 });
    expect(refused.text).toMatch(/failed at the step "platform token": 401.*Check clientId, clientSecret and jwt/);
    expect(refused.text).not.toContain("canary-3");
  });

  it.each([
    [["--connection", "c.json"], /--connection FILE needs --account ID/],
    [["--connection", "c.json", "--account", "1"], /needs --data DIR/],
    [["--data", "d"], /--data is for a real account: give --connection FILE, too/],
    [["--yes"], /--yes is for a real account/],
  ])("%j is refused, with what is missing", (args, because) => {
    expect(() => readOptions(args)).toThrow(because);
  });

  it("a wrong file of secrets is told by its fields, never by a value", () => {
    const read = (content: unknown) => () => readSecretsFile(JSON.stringify(content), "secrets.json", "salt");
    expect(read({ a: { value: "canary-1", hosts: ["a.example"] } })).toThrow(/Missing or wrong: a\.value\.$/);
    expect(read({ a: { value: {} }, b: { apiKey: "canary-2" } })).toThrow(
      /a\.hosts, b\.value, b\.hosts, b\.$|a\.hosts/,
    );
    expect(read([])).toThrow(/the whole object/);
    const ids = [{ x: "1" }, { x: "2" }].map((value) => read({ a: { value, hosts: ["a.example"] } })()[0]?.versionId);
    expect(new Set(ids).size).toBe(2);
    expect(read({ a: { value: { x: "1" }, hosts: ["a.example"] } })()[0]?.versionId).toBe(ids[0]);
  });
});
