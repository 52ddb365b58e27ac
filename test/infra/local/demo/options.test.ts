import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readOptions, usage } from "../../../../infra/local/demo/options.ts";

test("the local system's simulator takes a profile; a real account has its own answers", () => {
  expect(readOptions(["--stay", "--profile", "p.json"])).toMatchObject({ stay: true, profile: "p.json" });
  expect(usage).toContain("--profile FILE");
  const real = ["--connection", "c.json", "--account", "1", "--data", "d", "--profile", "p.json"];
  expect(() => readOptions(real)).toThrow("--profile is for the simulator: RingCX has its own answers");
});

test("an issuer of one's own is a file that is there, and for the local system", () => {
  const file = fileURLToPath(import.meta.url);
  expect(readOptions(["--issuer", file])).toMatchObject({ issuer: file });
  expect(() => readOptions(["--issuer", "nowhere.mjs"])).toThrow("--issuer nowhere.mjs: there is no such file");
  const real = ["--connection", "c.json", "--account", "1", "--data", "d", "--issuer", file];
  expect(() => readOptions(real)).toThrow("--issuer is for the local system's secrets");
});
