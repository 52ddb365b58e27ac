import fc from "fast-check";
import { expect, test } from "vitest";
import { type JsonPath, scanJson } from "../../../shared/primitives/json-scan.ts";
import { runs } from "../../support/runs.ts";

function seen(text: string, deepest = 100) {
  const members: string[] = [];
  const doubled: string[] = [];
  const texts: string[] = [];
  const depth = scanJson(text, {
    deepest,
    onMember: (name, isDoubled, parent) => (isDoubled ? doubled : members).push([...parent(), name].join("/")),
    onText: (value, path) => texts.push(`${path().join("/")}=${value}`),
  });
  return { depth, members, doubled, texts };
}

test.each([
  ["1", 0],
  ['"[[["', 0],
  ['"\\"[[["', 0],
  ["{}", 1],
  ["[[],[[]]]", 3],
  ['{"a":[{"b":"}"}]}', 3],
  ["", 0],
  ["]]]][[", 2],
  ['{"a":"unfinished [[[', 1],
  ['"\\', 0],
])("%s is nested %d deep", (text, depth) => {
  expect(seen(text).depth).toBe(depth);
});

test("members are told with their place, and a name that comes twice also when it is written otherwise", () => {
  expect(seen('{"a":1,"b":{"a":[0,{"c":"x"}]},"\\u0061":2,"b":"{"}')).toEqual({
    depth: 4,
    members: ["a", "b", "b/a", "b/a/1/c"],
    doubled: ["a", "b"],
    texts: ["b/a/1/c=x", "b={"],
  });
});

test("below the deepest level brackets are counted and nothing else is told", () => {
  expect(seen('{"a":{"b":{"c":{"d":"x"}}},"e":"y"}', 2)).toEqual({
    depth: 4,
    members: ["a", "a/b", "e"],
    doubled: [],
    texts: ["e=y"],
  });
});

test("of any JSON it tells what the parser finds", () => {
  const depthOf = (value: unknown): number =>
    typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
  const textsOf = (value: unknown, path: JsonPath): string[] => {
    if (typeof value === "string") return [`${path.join("/")}=${value}`];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([name, field]) => textsOf(field, [...path, name]));
  };
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
      const parsed: unknown = JSON.parse(JSON.stringify(value, undefined, indent));
      const { depth, doubled, texts } = seen(JSON.stringify(value, undefined, indent));
      expect(depth).toBe(depthOf(parsed));
      expect(doubled).toEqual([]);
      expect(texts.filter((text) => !text.startsWith("="))).toEqual(
        textsOf(parsed, []).filter((text) => !text.startsWith("=")),
      );
    }),
  );
});

test("any text is looked through, whatever it is", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("{", "}", "[", "]", '"', "\\", ",", ":", "a", "\\u00")), (parts) => {
      expect(seen(parts.join(""), 3).depth).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: runs(1_000) },
  );
});
