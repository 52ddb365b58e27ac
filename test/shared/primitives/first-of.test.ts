import { expect, test } from "vitest";
import { firstOf } from "../../../shared/primitives/first-of.ts";

test("a sentence names ten of a long list, and says how many there are besides", () => {
  const names = Array.from({ length: 1_000 }, (_, index) => String(index));
  expect(firstOf(names.slice(0, 2))).toBe("0, 1");
  expect(firstOf(names.slice(0, 10))).toBe("0, 1, 2, 3, 4, 5, 6, 7, 8, 9");
  expect(firstOf(names)).toBe("0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 990 more");
});
