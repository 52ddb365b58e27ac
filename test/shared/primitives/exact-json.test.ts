import fc from "fast-check";
import { expect, test } from "vitest";
import { isRawNumber, parseExactly, plainNumber, plainNumbers } from "../../../shared/primitives/exact-json.ts";
import { jsonText } from "../../support/json-text.ts";
import { runs } from "../../support/runs.ts";

test("any JSON text is written again as it was, number for number", () => {
  fc.assert(
    fc.property(jsonText, (text) => {
      expect(JSON.stringify(parseExactly(text, { isSpellingKept: true })?.value)).toBe(text);
    }),
    { numRuns: runs(300) },
  );
});

test.each<[source: string, isRaw: boolean]>([
  ["1", false],
  ["1.0", false],
  ["1E3", false],
  ["0.10", false],
  ["-1.50e-7", false],
  ["1e21", false],
  ["9007199254740992", false],
  ["9007199254740993", true],
  ["12345678901234567890", true],
  ["0.1000000000000000055", true],
  ["1e400", true],
  ["1e-400", true],
  ["-0", true],
  ["-0.0", true],
])("a number is raw where JavaScript would have another one: %s", (source, isRaw) => {
  const value = parseExactly(source)?.value;
  expect(isRawNumber(value)).toBe(isRaw);
  if (isRaw) expect(JSON.stringify({ value })).toBe(`{"value":${source}}`);
  else expect(value).toBe(Number(source));
  expect(plainNumber(parseExactly(source, { isSpellingKept: true })?.value)).toEqual(value);
});

test("what is plain by value is plain at every depth; what is no JSON has no value", () => {
  const value = parseExactly('{"a":[1.0,{"b":2e0}],"c":12345678901234567890}', { isSpellingKept: true })?.value;
  expect(JSON.stringify(plainNumbers(value))).toBe('{"a":[1,{"b":2}],"c":12345678901234567890}');
  expect(parseExactly("{")).toBeUndefined();
});
