import { existsSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { shareBundles, synthesizeShared } from "../../../../infra/local/template/shared-bundles.ts";
import { FixtureStack } from "../fixture/fixture-stack.ts";

let end: () => void = () => undefined;

afterEach(() => end());

describe("shared bundles", () => {
  it("are made once, by whoever needs them first, and go when the sharing ends", async () => {
    end = shareBundles();
    const build = () => synthesizeShared((app) => new FixtureStack(app));
    const [one, two] = await Promise.all([build(), build()]);
    const [directory = ""] = Object.values(one.codeDirectories);
    expect(existsSync(`${directory}/index.mjs`)).toBe(true);
    expect(two.codeDirectories).toEqual(one.codeDirectories);
    expect(Object.keys(two.template.Resources)).toEqual(Object.keys(one.template.Resources));
    end();
    expect(existsSync(directory)).toBe(false);
  });

  it("leave the next one to bundle where the first could not", async () => {
    end = shareBundles();
    const failing = synthesizeShared(() => {
      throw new Error("cannot build");
    });
    await expect(failing).rejects.toThrow("cannot build");
    const { codeDirectories } = await synthesizeShared((app) => new FixtureStack(app));
    expect(Object.values(codeDirectories).every(existsSync)).toBe(true);
  });
});
