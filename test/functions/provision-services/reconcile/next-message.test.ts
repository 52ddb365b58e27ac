import fc from "fast-check";
import { expect, test } from "vitest";
import { nextInMs, nextMessage, unblocked } from "../../../../functions/provision-services/reconcile/next-message.ts";
import { nothing } from "../../../../shared/contract/footprint.ts";

const waiting = (id: string, changes: string, more: { notBefore?: number; workedAt?: number } = {}) => ({
  id,
  footprint: { ...nothing, changes: [...changes].map((name) => JSON.stringify(["authConfig", name])) },
  notBefore: 0,
  workedAt: 0,
  ...more,
});

test("the first of those that are due and wait for nobody has its turn", () => {
  const open = [waiting("a", "x", { notBefore: 50 }), waiting("b", "x"), waiting("c", "y"), waiting("d", "z")];
  expect(nextMessage(open, 10)?.id).toBe("c");
  expect(nextMessage(open, 50)?.id).toBe("a");
  expect(nextInMs(open, 10)).toBe(0);
});

test("messages take turns", () => {
  const open = [waiting("large", "x", { workedAt: 100 }), waiting("small", "y", { workedAt: 0 })];
  expect(nextMessage(open, 200)?.id).toBe("small");
  expect(
    nextMessage([waiting("large", "x", { workedAt: 100 }), waiting("small", "y", { workedAt: 150 })], 200)?.id,
  ).toBe("large");
});

test("there is something to do again when the first that waits for nobody is due; nothing where nothing is open", () => {
  const open = [waiting("a", "x", { notBefore: 500 }), waiting("b", "x"), waiting("c", "y", { notBefore: 700 })];
  expect(nextMessage(open, 100)).toBeUndefined();
  expect(nextInMs(open, 100)).toBe(400);
  expect(nextInMs([], 100)).toBeUndefined();
});

test("whatever is open, something always has its turn in the end, and nothing overtakes on the same resource", () => {
  const message = fc.record({
    changes: fc.constantFrom("x", "y", "xy", "yz", "z"),
    notBefore: fc.nat(1_000),
    workedAt: fc.nat(1_000),
  });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 8 }), (all) => {
      let open = all.map(({ changes, ...more }, index) => waiting(String(index), changes, more));
      const ended: string[] = [];
      while (open.length > 0) {
        const next = nextMessage(open, 1_000);
        expect(next).toBeDefined();
        expect(unblocked(open)).toContain(next);
        const earlier = open.slice(
          0,
          open.findIndex((one) => one.id === next?.id),
        );
        for (const one of earlier) {
          expect(one.footprint.changes.filter((token) => next?.footprint.changes.includes(token))).toEqual([]);
        }
        ended.push(next?.id ?? "");
        open = open.filter((one) => one !== next);
      }
      expect(ended).toHaveLength(all.length);
    }),
  );
});
