import fc from "fast-check";
import { expect, test } from "vitest";
import {
  isRenamed,
  isSameInputName,
  isSameName,
  namedAlike,
  normalName,
} from "../../../shared/primitives/same-name.ts";

test.each([
  ["Café", "Cafe\u0301"],
  ["Café", "CAFE\u0301 "],
  ["Lookup", "lookup"],
  ["Lookup", "\u00a0Lookup\u2003"],
  ["Straße", "STRASSE"],
  ["Straße", "STRAẞE"],
  ["ΟΔΟΣ", "οδος"],
  ["각", "\u1100\u1161\u11a8"],
])("%j and %j are one name", (one, other) => {
  expect(isSameName(one, other)).toBe(true);
  expect(isSameName(other, one)).toBe(true);
});

test.each([
  ["Cafe", "Café"],
  ["CRM look-up", "CRM lookup"],
  ["CRM  lookup", "CRM lookup"],
  ["ﬁ1", "fi 1"],
  ["１", "1"],
])("%j and %j are two names", (one, other) => {
  expect(isSameName(one, other)).toBe(false);
});

test("a name that is not there is the same as none", () => {
  expect(isSameName(undefined, undefined)).toBe(false);
  expect(isSameName("a", undefined)).toBe(false);
});

test("a name's normal form is that of every spelling of it, and its own", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (name) => {
      const normal = normalName(name);
      for (const spelling of [normal, name.normalize("NFC"), name.normalize("NFD"), ` ${name} `]) {
        expect(normalName(spelling)).toBe(normal);
      }
    }),
  );
});

test("the case of an input's name counts, how Unicode writes it does not", () => {
  expect(isSameInputName("café", "cafe\u0301")).toBe(true);
  expect(isSameInputName("ani", "ANI")).toBe(false);
});

test("what is spelled just so is meant, and only without it what has the name in another spelling", () => {
  const all = ["lookup", "Lookup", "LOOKUP"];
  expect(namedAlike(all, "Lookup", (one) => one)).toEqual(["Lookup"]);
  expect(namedAlike(all, "lookUp", (one) => one)).toEqual(all);
  expect(namedAlike(all, "other", (one) => one)).toEqual([]);
});

test("another spelling is written only where the previous name says so", () => {
  expect(isRenamed("lookup", "Lookup", undefined)).toBe(false);
  expect(isRenamed("lookup", "Lookup", "LOOKUP")).toBe(true);
  expect(isRenamed("Lookup", "Lookup", "lookup")).toBe(false);
  expect(isRenamed("old", "new", undefined)).toBe(true);
});
