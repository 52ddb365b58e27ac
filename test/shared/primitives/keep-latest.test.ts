import { expect, test } from "vitest";
import { forgetOldest, keepLatest } from "../../../shared/primitives/keep-latest.ts";

test("a list keeps what came last", () => {
  const list: number[] = [];
  for (const item of [1, 2, 3, 4]) keepLatest(list, item, 3);
  expect(list).toEqual([2, 3, 4]);
});

test("a map and a set forget what came first", () => {
  const map = new Map([1, 2, 3, 4].map((key) => [key, key]));
  forgetOldest(map, 2);
  expect([...map.keys()]).toEqual([3, 4]);
  const set = new Set([1, 2]);
  forgetOldest(set, 2);
  expect([...set]).toEqual([1, 2]);
});
