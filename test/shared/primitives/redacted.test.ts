import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Redacted } from "../../../shared/primitives/redacted.ts";

const canary = "CANARY-7f3a";

test("a redacted value opens to what was put in", () => {
  fc.assert(fc.property(fc.anything(), (value) => Object.is(new Redacted(value).reveal(), value)));
});

test.each([
  ["interpolated", (value: unknown) => `${value}`],
  ["serialised", (value: unknown) => JSON.stringify({ nested: [value] })],
  ["inspected with everything shown", (value: unknown) => inspect({ value }, { depth: Infinity, showHidden: true })],
  ["in an error's message", (value: unknown) => inspect(new Error(`no ${value}`, { cause: value }))],
  ["spread", (value: unknown) => inspect({ ...(value as object) })],
])("a redacted value never shows: %s", (_, show) => {
  expect(show(new Redacted(canary))).not.toContain(canary);
});

test("it says that something is there", () => {
  const value = new Redacted(canary);
  expect([`${value}`, JSON.stringify(value), inspect(value)]).toEqual(["[redacted]", '"[redacted]"', "[redacted]"]);
});
