import { expect, test } from "vitest";
import { readOptions, usage } from "../../../../infra/local/demo/options.ts";

test("the local system's simulator takes a profile; a real account has its own answers", () => {
  expect(readOptions(["--stay", "--profile", "p.json"])).toMatchObject({ stay: true, profile: "p.json" });
  expect(usage).toContain("--profile FILE");
  const real = ["--connection", "c.json", "--account", "1", "--data", "d", "--profile", "p.json"];
  expect(() => readOptions(real)).toThrow("--profile is for the simulator: RingCX has its own answers");
});
