import { expect, test } from "vitest";
import { parseJson, parseJsonObject } from "../../../shared/primitives/json.ts";

test("a JSON text is its value, null too", () => {
  expect(parseJson('{"a":[1]}')).toEqual({ value: { a: [1] } });
  expect(parseJson("null")).toEqual({ value: null });
});

test("a text that is no JSON is undefined, and throws nothing that could quote it", () => {
  expect(parseJson("s3cret")).toBeUndefined();
  expect(parseJson("")).toBeUndefined();
});

test("only an object is an object", () => {
  expect(parseJsonObject('{"a":1}')).toEqual({ a: 1 });
  for (const text of ["[1]", "null", '"a"', "1", "{"]) expect(parseJsonObject(text)).toBeUndefined();
});
