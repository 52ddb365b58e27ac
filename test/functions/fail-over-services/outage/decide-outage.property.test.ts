import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Policy } from "../../../../functions/fail-over-services/outage/policy.ts";
import type { InactiveReason } from "../../../../shared/records/account/activation.ts";
import { Service, type Step, start } from "./outage-model.ts";

describe("whatever is seen, in whatever order", () => {
  const step: fc.Arbitrary<Step> = fc.record({
    minutes: fc.integer({ min: 0, max: 30 }),
    alarm: fc.constantFrom("OK", "ALARM", "ALARM", "MUTED", "INSUFFICIENT_DATA", "MISSING", "UNKNOWN"),
    isFresh: fc.boolean(),
    doesProbePass: fc.constantFrom(true, false, undefined),
    isSweep: fc.boolean(),
  });
  const policy = fc.record({
    recovery: fc.constantFrom("automatic", "manual"),
    recoverAfterSeconds: fc.integer({ min: 0, max: 900 }),
    probesInARow: fc.integer({ min: 1, max: 4 }),
    isProbed: fc.boolean(),
    isWatchedByProbe: fc.boolean(),
    neverDeactivate: fc.boolean(),
  }) satisfies fc.Arbitrary<Partial<Policy>>;
  const consistent = policy.map((one) => ({ ...one, isWatchedByProbe: one.isWatchedByProbe && one.isProbed }));
  const history = fc.tuple(consistent, fc.array(step, { maxLength: 60, size: "max" }));

  test("every alarm ends in an inactive service, in a guard that was reported, or in a trial that ends", () => {
    fc.assert(
      fc.property(history, ([one, steps]) => {
        const service = new Service(one);
        for (const each of steps) {
          service.reconcile(each);
          if (each.alarm !== "ALARM") continue;
          const { exemptSince, trial } = service.memory;
          const isInTrial = trial !== undefined && service.now < Date.parse(trial.until);
          expect(!service.isActive || (one.neverDeactivate && exemptSince !== undefined) || isInTrial).toBe(true);
        }
      }),
    );
  });

  test("nothing but an outage of ours ends, and no reason of others is touched", () => {
    const others: InactiveReason[] = [
      { kind: "NOT_WANTED", since: new Date(start).toISOString() },
      { kind: "MANUAL", since: new Date(start).toISOString() },
    ];
    fc.assert(
      fc.property(history, fc.subarray(others, { minLength: 1 }), ([one, steps], theirs) => {
        const service = new Service(one, theirs);
        for (const each of steps) {
          const isOpen = service.kinds.includes("OUTAGE");
          const { kind } = service.reconcile(each);
          if (kind === "close" || kind === "halfOpen") expect(isOpen).toBe(true);
          expect(service.reasons).toEqual(expect.arrayContaining(theirs));
          expect(service.isActive).toBe(false);
        }
      }),
    );
  });

  test("never active with a reason left: no outage ends while its probe fails or while something was not asked", () => {
    fc.assert(
      fc.property(history, ([one, steps]) => {
        const service = new Service(one);
        for (const each of steps) {
          const { kind } = service.reconcile(each);
          if (kind !== "close" && kind !== "halfOpen") continue;
          expect(each.isSweep).toBe(true);
          expect(each.alarm).not.toBe("UNKNOWN");
          if (one.isProbed) expect(each.doesProbePass).toBe(true);
          if (kind === "close") expect(each.alarm).not.toBe("ALARM");
          else expect(one.isProbed).toBe(true);
        }
      }),
    );
  });

  test("a muted alarm begins nothing, and ends no outage in which it had a part", () => {
    fc.assert(
      fc.property(history, ([one, steps]) => {
        const service = new Service(one);
        for (const each of steps) {
          const outage = service.reasons.find((reason) => reason.kind === "OUTAGE");
          const { kind } = service.reconcile(each);
          if (each.alarm !== "MUTED") continue;
          if (each.doesProbePass !== false) expect(["open", "exempt"]).not.toContain(kind);
          if (outage?.alarms.includes("arn:a")) expect(kind).toBe("stayOpen");
        }
      }),
    );
  });

  test("what could not be asked changes nothing: no reason, and nothing that is counted", () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 90 }), ([one, steps], blindMinutes) => {
        const service = new Service(one);
        for (const each of steps) service.reconcile(each);
        const remembered = () => {
          const { pausedSince: _pausedSince, ...memory } = service.memory;
          return structuredClone({ reasons: service.reasons, memory });
        };
        const before = remembered();
        service.sweeps(blindMinutes, { alarm: "UNKNOWN", doesProbePass: undefined });
        expect(remembered()).toEqual(before);
      }),
    );
  });

  test("an outage lasts as long as it would have, and the time in which nothing could be asked", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 60 }), (seenMinutes, blindMinutes) => {
        const minutesUntilClosed = (blind: number) => {
          const service = new Service();
          service.sweeps(1, { alarm: "ALARM" });
          const early = service.sweeps(seenMinutes, { alarm: "OK" });
          if (early.includes("close")) return early.indexOf("close");
          const meanwhile = service.sweeps(blind, { alarm: "UNKNOWN", doesProbePass: undefined });
          expect(meanwhile).not.toContain("close");
          return seenMinutes + blind + service.sweeps(20, { alarm: "OK" }).indexOf("close");
        };
        const asked = minutesUntilClosed(0);
        expect(minutesUntilClosed(blindMinutes)).toBe(asked < seenMinutes ? asked : asked + blindMinutes);
      }),
    );
  });

  test("what is remembered of other things than outages lasts, whatever is decided", () => {
    fc.assert(
      fc.property(history, ([one, steps]) => {
        const service = new Service(one);
        const theirs = { seenActive: { after: "7", isTold: true }, notes: {} } as const;
        Object.assign(service.memory, theirs);
        for (const each of steps) {
          const { kind } = service.reconcile(each);
          expect(service.memory, kind).toMatchObject(theirs);
        }
      }),
    );
  });

  test("every outage and all flapping ends when all is well, unless it is for a person to end it", () => {
    fc.assert(
      fc.property(history, ([one, steps]) => {
        const service = new Service({ ...one, recovery: "automatic" });
        for (const each of steps) service.reconcile(each);
        // Recovery, at most 15 minutes and 4 probes; flapping, at most 30 more.
        service.sweeps(50, { alarm: "OK", doesProbePass: true });
        expect(service.isActive).toBe(true);
        expect(service.kinds.filter((kind) => kind === "OUTAGE")).toEqual([]);
      }),
    );
  });

  test("reconciling again without anything new changes nothing", () => {
    fc.assert(
      fc.property(history, ([one, steps]) => {
        const service = new Service(one);
        for (const each of steps) {
          service.reconcile(each);
          const before = structuredClone({ reasons: service.reasons, memory: service.memory });
          service.reconcile({ ...each, minutes: 0, isFresh: false, isSweep: false });
          expect({ reasons: service.reasons, memory: service.memory }).toEqual(before);
        }
      }),
    );
  });
});
