import { expect, test, vi } from "vitest";
import { LogStore } from "../../../infra/local/functions/log-store.ts";
import { AccessControl } from "../../../infra/local/iam/access-control.ts";
import { Roles } from "../../../infra/local/iam/roles.ts";
import { Tokens } from "../../../infra/local/ringcx-simulator/access/tokens.ts";
import { assemble } from "../../../infra/local/ringcx-simulator/assembly.ts";
import { defaultProfile } from "../../../infra/local/ringcx-simulator/assumptions/profile.ts";
import { exchange } from "../../../infra/local/ringcx-simulator/http-shell.ts";
import { putVersion } from "../../../infra/local/secrets-manager/secret.ts";
import { SecretStore } from "../../../infra/local/secrets-manager/secret-store.ts";

// What a local host keeps of what has happened, after more of it than anybody will look at.

test("of log lines the last two thousand of each group", () => {
  const store = new LogStore();
  store.addGroup("group");
  for (let line = 0; line < 5_000; line += 1) store.write("function", `${line}\n`, "group");
  expect([store.records.length, store.ofGroup("group")?.length]).toEqual([2_000, 2_000]);
  expect(store.ofGroup("group")?.at(-1)?.text).toBe("4999");
});

test("of denials the last thousand", () => {
  const roles = new Roles("000000000000");
  const secrets = { find: () => undefined, presumedArn: (id: string) => id };
  const access = new AccessControl(roles, { region: "us-east-1", account: "000000000000", secrets });
  for (let denied = 0; denied < 3_000; denied += 1) {
    const check = () => access.checkService("events.amazonaws.com", "sqs:SendMessage", `queue-${denied}`, "rule");
    expect(check).toThrow(/is not authorized/);
  }
  expect([access.denials.length, access.denials.at(-1)?.resource]).toEqual([1_000, "queue-2999"]);
});

test("of requests to RingCX the last twenty thousand", async () => {
  const parts = assemble({ accounts: ["123456"] });
  const stopped = new AbortController().signal;
  const url = new URL("http://127.0.0.1/nothing");
  for (let asked = 0; asked < 20_500; asked += 1) {
    await exchange(parts, { method: "GET", url, authorization: undefined, body: "" }, stopped);
  }
  expect(parts.requests).toHaveLength(20_000);
});

test("of RingCX's tokens the last thousand, the newest among them", () => {
  const tokens = new Tokens(defaultProfile, () => 0);
  const issued = Array.from({ length: 1_010 }, () => tokens.issue());
  expect(() => tokens.check(`Bearer ${issued.at(-1)?.accessToken}`)).not.toThrow();
  expect(() => tokens.check(`Bearer ${issued[0]?.accessToken}`)).toThrow(/verification fails/);
  expect([tokens.spend(issued.at(-1)?.refreshToken ?? ""), tokens.spend(issued[0]?.refreshToken ?? "")]).toEqual([
    true,
    false,
  ]);
});

test("of a secret's versions a hundred, once those without a label are a day old", () => {
  vi.useFakeTimers({ now: 0 });
  const store = new SecretStore("us-east-1", "000000000000");
  const secret = store.create({ name: "a" });
  for (let version = 0; version < 300; version += 1) putVersion(secret, { string: String(version) });
  expect(secret.versions.size).toBe(300);
  vi.setSystemTime(86_400_001);
  const current = putVersion(secret, { string: "now" });
  expect(secret.versions.size).toBe(100);
  expect(secret.versions.get(current.versionId)?.stages).toContain("AWSCURRENT");
  vi.useRealTimers();
});
