import { expect, test } from "vitest";
import { chosenBench } from "./chosen-bench.ts";

const benches = { requests: [], quota: ["p-throttle", "ours"] };

test.each([
  [[], {}],
  [["quota"], { name: "quota" }],
  [["quota", "ours"], { name: "quota", contender: "ours" }],
])("%j is run", (args, chosen) => {
  expect(chosenBench(args, benches)).toEqual(chosen);
});

test.each([
  [["--help"], /^Usage: .*requests, quota/],
  [["quote"], /^There is no bench "quote". There are: requests, quota\.$/],
  [["quota", "requests"], /^The bench quota has no contender "requests". There are: p-throttle, ours\.$/],
  [["requests", "quota"], /^The bench requests has no contender "quota"\.$/],
  [["quota", "ours", "x"], /^One bench and one contender at most: "x" is too much\.$/],
])("%j is answered, and nothing is measured", (args, words) => {
  expect(chosenBench(args, benches)).toMatch(words);
});
