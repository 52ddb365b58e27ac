import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runOnRealAccount } from "../../../../../infra/local/demo/real-account/run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "refused-file-"));
  const login = { clientId: "id", clientSecret: "secret", jwt: "jwt", ringcxUrl: "http://127.0.0.1:9" };
  await writeFile(join(folder, "login.json"), JSON.stringify({ ...login, platformUrl: "http://127.0.0.1:9" }));
});
afterAll(() => rm(folder, { recursive: true }));

const group = { kind: "httpServiceGroup", groupName: "CRM" };

test.each([
  ["another account", { accountId: "999999", resources: [group] }, /this environment has no account 999999/],
  ["a resource without its name", { accountId: "123456", resources: [{ ...group, groupName: "" }] }, /groupName/],
  [
    "a command",
    {
      specversion: "1.0",
      id: "1",
      source: "/people",
      type: "ringcx.command.v1",
      time: "2026-11-28T08:00:00Z",
      data: {
        command: "deactivate",
        accountId: "123456",
        groupName: "CRM",
        serviceDescription: "Lookup",
        by: "operator",
        why: "maintenance",
      },
    },
    /holds commands, which are no manifests/,
  ],
])("a file of %s is refused before anything is there or asked", async (_what, message, words) => {
  const file = join(folder, "messages.json");
  await writeFile(file, JSON.stringify(message));
  const data = join(folder, "data");
  const run = runOnRealAccount(
    {
      connection: join(folder, "login.json"),
      accounts: ["123456"],
      data,
      secrets: undefined,
      file,
      allowHosts: [],
      stay: false,
      yes: false,
    },
    { write: () => {}, isInteractive: false, ended: new AbortController().signal },
  );
  await expect(run).rejects.toThrow(words);
  expect(existsSync(data)).toBe(false);
});
