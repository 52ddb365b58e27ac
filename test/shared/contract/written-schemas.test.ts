import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type * as z from "zod";
import { commandSchema } from "../../../shared/contract/command.ts";
import { provisioningSchemas } from "../../../shared/contract/provisioning-message.ts";
import { verifySchema } from "../../../shared/contract/verify.ts";
import { json, placesOf, replacedAt } from "../../fuzz/spoilt-document.ts";
import { runs } from "../../support/runs.ts";
import { examples, takes, written } from "./written-contract.ts";

const schemas: Readonly<Record<string, z.ZodType>> = {
  ...provisioningSchemas,
  "ringcx.command.v1": commandSchema,
  "ringcx.verify.v1": verifySchema,
};
const reads = (event: { type: string }) => schemas[event.type]?.safeParse(event).success === true;

test("Ajv compiles every schema with its defaults", () => {
  expect([...written.keys()].toSorted()).toEqual([...Object.keys(schemas), "ringcx.outcome.v1"].toSorted());
});

test("what is read is taken by the written schema, whatever stands anywhere", () => {
  let read = 0;
  const spoilt = fc.tuple(fc.constantFrom(...examples), fc.nat(), fc.oneof(json, fc.string({ unit: "binary" })));
  fc.assert(
    fc.property(spoilt, ([example, at, value]) => {
      const places = placesOf(example);
      const event = replacedAt(example, places[at % places.length] ?? [], value) as { type: string };
      if (typeof event?.type !== "string" || !reads(event)) return;
      read += 1;
      expect(takes(event), JSON.stringify(event)).toBe(true);
    }),
    { numRuns: runs(600) },
  );
  expect(read).toBeGreaterThan(10);
});

/** Texts with what is odd at their ends and within: all of Unicode's blanks and control characters among them. */
const odd = fc
  .array(
    fc.oneof(
      fc.constantFrom("a", "Ä", "電", "\u{1f600}", "/", '"'),
      fc.constantFrom(..." \u00a0\u1680\u2000\u2005\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff\u180e"),
      fc.integer({ min: 0, max: 0xa0 }).map((code) => String.fromCharCode(code)),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

const number = (max: number, length: number) =>
  fc.integer({ min: 0, max }).map((value) => String(value).padStart(length, "0"));
const time = fc
  .tuple(
    fc.tuple(fc.oneof(number(9_999, 4), fc.constantFrom("1900", "2000", "2024", "2026")), number(13, 2), number(32, 2)),
    fc.constantFrom("T", "t", " "),
    fc.tuple(number(25, 2), number(60, 2), number(60, 2)),
    fc.constantFrom("", ".5", ".123456789", "."),
    fc.oneof(
      fc.constantFrom("Z", "z", ""),
      fc.tuple(number(25, 2), number(61, 2)).map(([h, m]) => `-${h}:${m}`),
    ),
  )
  .map(([day, t, clock, part, offset]) => `${day.join("-")}${t}${clock.join(":")}${part}${offset}`);
const day = fc.tuple(number(9_999, 4), number(13, 2), number(32, 2)).map((parts) => `${parts.join("-")}T00:00:00Z`);
const digits = fc.oneof(
  fc.stringMatching(/^[0-9]{1,21}$/),
  fc.constantFrom("0", "00", "0123456", "\u0661", "1 ", "1\n", ""),
);

describe("of these fields the written schema takes what is read, and nothing else", () => {
  const event = {
    specversion: "1.0",
    type: "ringcx.command.v1",
    id: "1",
    source: "/test",
    time: "2026-01-05T09:00:00Z",
    data: { command: "keep-inactive", by: "a", why: "b", accountId: "1", groupName: "A", serviceDescription: "B" },
  };
  const end = "2100-01-01T00:00:00Z";
  test.each<[string, fc.Arbitrary<string>, (value: string) => object]>([
    ["groupName", odd, (groupName) => ({ data: { ...event.data, groupName, until: end } })],
    ["serviceDescription", odd, (serviceDescription) => ({ data: { ...event.data, serviceDescription, until: end } })],
    ["accountId", digits, (accountId) => ({ data: { ...event.data, accountId, until: end } })],
    ["id", odd, (id) => ({ id, data: { ...event.data, until: end } })],
    ["source", odd, (source) => ({ source, data: { ...event.data, until: end } })],
    ["time", fc.oneof(time, day), (value) => ({ time: value, data: { ...event.data, until: end } })],
    ["until", fc.oneof(time, day), (until) => ({ data: { ...event.data, until } })],
  ])("%s", (_, values, changed) => {
    const found = new Set<boolean>();
    fc.assert(
      fc.property(values, (value) => {
        const one = { ...event, ...changed(value) };
        found.add(reads(one));
        expect(takes(one), JSON.stringify(value)).toBe(reads(one));
      }),
      { numRuns: runs(500) },
    );
    expect([...found].toSorted()).toEqual([false, true]);
  });
});
