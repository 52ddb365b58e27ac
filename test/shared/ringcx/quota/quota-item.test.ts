import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { fromItem, plausibleWindow, quotaWindowKey, toItem } from "../../../../shared/ringcx/quota/quota-item.ts";
import { emptyWindow } from "../../../../shared/ringcx/quota/quota-window.ts";
import { runs } from "../../../support/runs.ts";

const key = { ...quotaWindowKey("account/1"), version: 3 };

test("a window that is written is read back, grant by grant", () => {
  const times = fc.array(fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }), { maxLength: 130 });
  fc.assert(
    fc.property(times, fc.nat(), fc.nat(), fc.nat(), (unsorted, pausedUntil, refusals, wroteAt) => {
      const window = { grants: unsorted.toSorted((a, b) => a - b), pausedUntil, refusals, wroteAt };
      expect(fromItem({ ...key, ...toItem(window) })).toEqual({ window, version: 3 });
    }),
  );
});

test("what is missing is filled in, and what a later version wrote does no harm", () => {
  expect(fromItem({ ...key, schema: 1, burst: 5 })).toEqual({ window: emptyWindow, version: 3 });
  expect(fromItem(undefined)).toEqual({ window: emptyWindow, version: "absent" });
});

test("a window that cannot be read is named", () => {
  const read = () => fromItem({ ...key, grants: "1000,?", pausedUntil: "soon" });
  expect(read).toThrow(expect.objectContaining({ code: "ITEM_UNREADABLE" }));
  expect(read).toThrow(/QUOTA#account\/1.*WINDOW.*grants.*pausedUntil/);
});

test("grants that are none, or in no order, cannot be read: a window that hides grants lets too many requests go", () => {
  const grants = fc.oneof(
    fc.constantFrom("-", ".", "1000,-", "1000,-5", "-zz,.", "1,-1"),
    fc.string({ unit: fc.constantFrom(..."019az.,-"), maxLength: 40 }),
  );
  fc.assert(
    fc.property(grants, (text) => {
      try {
        const { window } = fromItem({ ...key, grants: text });
        expect(window.grants).toEqual(window.grants.filter(Number.isFinite).toSorted((a, b) => a - b));
      } catch (error) {
        expect(error).toMatchObject({ code: "ITEM_UNREADABLE" });
      }
    }),
    { numRuns: runs(300) },
  );
  expect(() => fromItem({ ...key, grants: "1000,-5" })).toThrow("grants (not ascending)");
});

describe("a time that cannot be ours", () => {
  const now = 1_800_000_000_000;
  const settings = { limit: 120, windowMs: 60_000, guardMs: 700 };
  const latest = now + 10 * 60_000 + 60 * 60_000;
  const item = (window: object) => ({ ...key, ...toItem({ ...emptyWindow, ...window }) });

  it.each(["grants", "pausedUntil", "wroteAt"] as const)("in %s makes the item unreadable", (field) => {
    const of = (time: number) => item({ [field]: field === "grants" ? [now, time] : time });
    expect(plausibleWindow(of(latest), now, settings)).toEqual(fromItem(of(latest)));
    expect(() => plausibleWindow(of(latest + 1), now, settings)).toThrow(`${field} (too far ahead)`);
  });

  it("is none where there is no item", () => {
    expect(plausibleWindow(undefined, now, settings)).toEqual({ window: emptyWindow, version: "absent" });
  });
});
