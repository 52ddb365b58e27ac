import { expect, test } from "vitest";
import { expiryOf } from "../../../cli/read/checks.ts";

const jwt = (payload: string) => `e30.${Buffer.from(payload).toString("base64url")}.c2ln`;

test.each([
  ["an end", jwt('{"exp":1772366400}'), 1_772_366_400_000],
  ["no end", jwt("{}"), undefined],
  ["another kind of end", jwt('{"exp":"soon"}'), undefined],
  ["no JSON", jwt("x"), undefined],
  ["no JWT", "opaque", undefined],
  ["nothing", "", undefined],
])("a login with %s", (_, text, expiresAt) => {
  expect(expiryOf(text)).toBe(expiresAt);
});
