import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canBeKept, decideUnproven, type ProofSituation } from "../../../shared/proof/decide-unproven.ts";
import { ago, now } from "../../functions/rotate-credentials/records.ts";

const minute = 60_000;

/** No endpoint can be asked, neither about the version nor about what RingCX has, since just now. */
const unasked: ProofSituation = {
  answer: "COULD_NOT_BE_ASKED",
  held: "COULD_NOT_BE_ASKED",
  wait: { since: ago(0) },
  hasWaited: false,
  policy: { couldNotBeAsked: "wait", notProvable: "write" },
  withinMs: 30 * minute,
  isWaived: false,
};
const long = { since: ago(30 * minute) };

describe("whether a version is written that Secrets Manager calls current", () => {
  it.each<[string, Partial<ProofSituation>, string]>([
    ["accepted", { answer: "ACCEPTED" }, "WRITE"],
    ["accepted, refused before", { answer: "ACCEPTED", wait: { since: ago(0), refusedAt: ago(0) } }, "WRITE"],
    ["refused", { answer: "REFUSED" }, "REFUSED"],
    ["refused, its time over", { answer: "REFUSED", wait: long }, "REFUSED"],
    ["refused, as what RingCX has", { answer: "REFUSED", held: "REFUSED" }, "REFUSED"],
    ["refused, whatever a person says", { answer: "REFUSED", isWaived: true }, "REFUSED"],
    ["not provable", { answer: "NOT_PROVABLE" }, "WRITE"],
    ["not provable, kept", { answer: "NOT_PROVABLE", policy: { ...unasked.policy, notProvable: "keep" } }, "POLICY"],
    ["not asked", {}, "WAITING"],
    ["not asked, its time nearly over", { wait: { since: ago(30 * minute - 1) } }, "WAITING"],
    ["not asked, its time over", { wait: long }, "WRITE"],
    ["not asked, what RingCX has not known", { held: undefined }, "WAITING"],
    ["not asked, what RingCX has not known, its time over", { held: undefined, wait: long }, "WRITE"],
    ["not asked, what RingCX has works", { held: "ACCEPTED" }, "WAITING"],
    ["not asked, what RingCX has works, its time over", { held: "ACCEPTED", wait: long }, "HELD_WORKS"],
    ["not asked, what RingCX has worked", { wait: { ...long, heldAcceptedAt: ago(minute) } }, "HELD_WORKS"],
    ["not asked, what RingCX has is refused", { held: "REFUSED" }, "WRITE"],
    [
      "not asked, what RingCX has worked and is refused now",
      { held: "REFUSED", wait: { ...long, heldAcceptedAt: ago(minute) } },
      "WRITE",
    ],
    ["not asked, refused before", { wait: { ...long, refusedAt: ago(minute) } }, "REFUSED"],
    [
      "no more to be asked, refused before",
      {
        answer: "NOT_PROVABLE",
        hasWaited: true,
        wait: { ...long, refusedAt: ago(minute) },
      },
      "REFUSED",
    ],
    ["no more to be asked, waiting", { answer: "NOT_PROVABLE", hasWaited: true }, "WAITING"],
    ["no more to be asked, its time over", { answer: "NOT_PROVABLE", hasWaited: true, wait: long }, "WRITE"],
    ["not asked, a person wants it", { isWaived: true }, "WRITE"],
    ["not asked, a person wants it though the other works", { isWaived: true, held: "ACCEPTED", wait: long }, "WRITE"],
    ["not asked, kept by settings", { policy: { ...unasked.policy, couldNotBeAsked: "keep" }, wait: long }, "POLICY"],
    ["not asked, written by settings", { policy: { ...unasked.policy, couldNotBeAsked: "write" } }, "WRITE"],
  ])("%s", (_, situation, expected) => {
    const decision = decideUnproven({ ...unasked, ...situation }, now);
    expect(decision.kind === "WRITE" ? "WRITE" : decision.why).toBe(expected);
  });

  const answers = fc.constantFrom("ACCEPTED", "REFUSED", "COULD_NOT_BE_ASKED", "NOT_PROVABLE");
  const situations: fc.Arbitrary<ProofSituation> = fc.record({
    answer: answers,
    held: fc.option(answers, { nil: undefined }),
    wait: fc.record(
      {
        since: fc.integer({ min: 0, max: 90 }).map((minutes) => ago(minutes * minute)),
        heldAcceptedAt: fc.constant(ago(minute)),
        refusedAt: fc.constant(ago(minute)),
      },
      { requiredKeys: ["since"] },
    ),
    hasWaited: fc.boolean(),
    policy: fc.record({
      couldNotBeAsked: fc.constantFrom("wait", "keep", "write"),
      notProvable: fc.constantFrom("keep", "write"),
    }),
    withinMs: fc.integer({ min: minute, max: 120 * minute }),
    isWaived: fc.boolean(),
  });

  it("an accepted version is always written, a refused one never, whatever else is known", () => {
    fc.assert(
      fc.property(situations, (situation) => {
        expect(decideUnproven({ ...situation, answer: "ACCEPTED" }, now).kind).toBe("WRITE");
        expect(decideUnproven({ ...situation, answer: "REFUSED" }, now).kind).toBe("KEEP");
      }),
    );
  });

  it("with the default, what an endpoint accepts now is replaced only by what was accepted, or cannot be proven", () => {
    const { policy } = unasked;
    fc.assert(
      fc.property(situations, (situation) => {
        const decision = decideUnproven({ ...situation, policy, held: "ACCEPTED", isWaived: false }, now);
        expect(decision.kind === "WRITE").toBe(
          situation.answer === "ACCEPTED" || (situation.answer === "NOT_PROVABLE" && !situation.hasWaited),
        );
      }),
    );
  });

  it("is recorded as not provable only where it never waited for an endpoint", () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const decision = decideUnproven(situation, now);
        if (decision.kind === "WRITE" && situation.hasWaited) expect(decision.as).not.toBe("NOT_PROVABLE");
      }),
    );
  });

  it("a person's word makes no version wait", () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const decision = decideUnproven({ ...situation, isWaived: true }, now);
        expect(decision.kind === "WRITE").toBe(situation.answer !== "REFUSED");
      }),
    );
  });
});

it.each([
  ["an applied version", { kind: "APPLIED", applied: { versionId: "v1", at: ago(1), verification: "none" } }, true],
  ["what was there before us", { kind: "NEVER_APPLIED" }, true],
  ["a write of another version", { kind: "APPLYING", versionId: "v1", since: ago(1), before: undefined }, true],
  ["a write of the same version", { kind: "APPLYING", versionId: "v2", since: ago(1), before: undefined }, false],
  ["nobody knows what", { kind: "DIVERGED", since: ago(1), why: "", before: undefined }, false],
] as const)("%s can be kept instead of a new version, or not", (_, state, expected) => {
  expect(canBeKept(state, "v2")).toBe(expected);
});
