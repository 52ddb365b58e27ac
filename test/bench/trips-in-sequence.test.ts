import { expect, test } from "vitest";
import { tripsInSequence } from "./trips-in-sequence.ts";

test.each([
  ["none", [], 0],
  [
    "side by side",
    [
      [0, 5],
      [1, 9],
      [2, 7],
    ],
    1,
  ],
  [
    "one after the other",
    [
      [0, 5],
      [5, 9],
      [9, 12],
    ],
    3,
  ],
  [
    "a long one beside two",
    [
      [0, 20],
      [1, 5],
      [6, 9],
    ],
    2,
  ],
  ["one that is still under way", [[0, 5], [6]], 2],
] as const)("trips one after the other: %s", (_, times, expected) => {
  const trips = times.map(([sentAt, answeredAt]) => ({ sentAt, ...(answeredAt !== undefined && { answeredAt }) }));
  expect(tripsInSequence(trips)).toBe(expected);
});
