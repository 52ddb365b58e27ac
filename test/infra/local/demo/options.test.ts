import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readOptions, usage } from "../../../../infra/local/demo/options.ts";

test("the local system's simulator takes a profile; a real account has its own answers", () => {
  expect(readOptions(["--stay", "--profile", "p.json"])).toMatchObject({ stay: true, profile: "p.json" });
  expect(usage).toContain("--profile FILE");
  const real = ["--connection", "c.json", "--account", "1", "--data", "d", "--profile", "p.json"];
  expect(() => readOptions(real)).toThrow("--profile is for the simulator: RingCX has its own answers");
});

test("what is given twice is meant once", () => {
  const hosts = ["127.0.0.1", "127.0.0.1", "api.example.com"].flatMap((host) => ["--allow-host", host]);
  expect(readOptions(hosts)).toMatchObject({ allowHosts: ["127.0.0.1", "api.example.com"] });
  const accounts = ["1", "2", "1"].flatMap((account) => ["--account", account]);
  expect(readOptions(["--connection", "c.json", "--data", "d", ...accounts])).toMatchObject({
    real: { accounts: ["1", "2"] },
  });
});

test("the addresses of a real account are in its folder", () => {
  const real = ["--connection", "c.json", "--account", "1", "--data", "d", "--json", "s.json"];
  expect(() => readOptions(real)).toThrow("a real account's addresses are in system.json of --data DIR");
});

test("an issuer of one's own is a file that is there, and for the local system", () => {
  const file = fileURLToPath(import.meta.url);
  expect(readOptions(["--issuer", file])).toMatchObject({ issuer: file });
  expect(() => readOptions(["--issuer", "nowhere.mjs"])).toThrow("--issuer nowhere.mjs: there is no such file");
  const real = ["--connection", "c.json", "--account", "1", "--data", "d", "--issuer", file];
  expect(() => readOptions(real)).toThrow("--issuer is for the local system's secrets");
});
