import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expect, onTestFailed, onTestFinished, test } from "vitest";
import { localSystemSchema } from "../../infra/local/demo/local-system.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

async function stopped(child: ChildProcess, folder: string): Promise<void> {
  child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
}

const manifest = `accountId: "123456"
resources:
  - { kind: authConfig, providerName: Billing key, authType: APIKEY, secretId: crm/api-key }
`;

test("an issuer of one's own, given as a file, makes the credential of a rotation, by Lambda's Invoke", {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "own-issuer-"));
  const options = ["--stay", "--verbose", "--issuer", join(root, "examples/issuer/local-issuer.mjs")];
  const child = spawn(process.execPath, [join(root, "infra/local/demo/main.ts"), ...options], { cwd: folder });
  onTestFinished(() => stopped(child, folder));
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  onTestFailed(() => void process.stdout.write(text));
  const ops = (...args: string[]) => run(process.execPath, [join(root, "cli/main.ts"), ...args], { cwd: folder });

  await expect.poll(() => text).toMatch(/your issuer is arn:aws:lambda:\S+:function:issuer/);
  await expect.poll(() => text).toContain("It keeps running until Ctrl-C");
  const system = localSystemSchema.parse(JSON.parse(await readFile(join(folder, ".ringcx-local.json"), "utf8")));
  const { endpoint, region, credentials } = system;
  const secrets = new SecretsManagerClient({ endpoint, region, credentials });
  const current = async () => (await secrets.send(new GetSecretValueCommand({ SecretId: "crm/api-key" }))).SecretString;
  const before = await current();

  await writeFile(join(folder, "billing.yaml"), manifest);
  await ops("apply", "billing.yaml", "--local");
  await ops("rotate", "Billing key", "--local");
  await expect.poll(current).not.toBe(before);
  const after = await current();
  await expect.poll(() => text).toMatch(/SUCCEEDED: Billing key has the credential of version/);
  // What it logs is shown, and what it has made is nowhere.
  expect(text).toMatch(/issuer .*"action":"create".*"authType":"APIKEY"/);
  expect(text).not.toContain(JSON.parse(after ?? "{}").apiKey);
  secrets.destroy();
});
