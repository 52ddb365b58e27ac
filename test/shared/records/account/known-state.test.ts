import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyActivation } from "../../../../shared/records/account/activation.ts";
import { recordAfter } from "../../../../shared/records/account/activation-item.ts";
import { beganOf, lastKnownState } from "../../../../shared/records/account/known-state.ts";

/** What happens to a service each minute: a person switches it, we write it, we look at it. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant("switched" as const), isActive: fc.boolean() }),
  fc.record({ kind: fc.constant("written" as const), isActive: fc.boolean() }),
  fc.record({ kind: fc.constant("seen" as const) }),
);

test("since when a service is as it is: never before it is, exactly where we changed it, and else when it was seen first", () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(happening, { maxLength: 30 }), (wasActive, happenings) => {
      let record = emptyActivation;
      let actual = { isActive: wasActive, since: 0 };
      const become = (isActive: boolean, now: number) => {
        if (actual.isActive !== isActive) actual = { isActive, since: now };
      };
      // What nobody looked at between two changes is known to nobody.
      let isFollowed = true;
      happenings.forEach((event, index) => {
        const now = (index + 1) * 60_000;
        const known = lastKnownState(record)?.isActive;
        if (event.kind === "switched") {
          isFollowed &&= known === undefined || known === actual.isActive;
          become(event.isActive, now);
          return;
        }
        if (event.kind === "seen") {
          record = recordAfter(record, { observed: actual.isActive }, now);
        } else {
          isFollowed &&= known === undefined || known === actual.isActive;
          become(event.isActive, now);
          record = recordAfter(record, { lastAppliedState: event.isActive, appliedGeneration: index }, now);
        }
        const began = beganOf(record);
        if (!isFollowed || !began) return;
        const at = Date.parse(began.at);
        expect(at).toBeGreaterThanOrEqual(actual.since);
        if (began.isSeen === undefined) expect(at).toBe(actual.since);
      });
    }),
  );
});
