import { globSync } from "node:fs";
import { expect, test } from "vitest";
import { parts } from "./parts.ts";

test("every glob of a part names files that are there, and no file is in two parts", () => {
  const files = Object.values(parts).flatMap(({ mutate, tests }) => {
    for (const glob of [...mutate, ...tests]) expect(globSync(glob), glob).not.toEqual([]);
    return mutate.flatMap((glob) => globSync(glob));
  });
  expect(files.length).toBe(new Set(files).size);
});
