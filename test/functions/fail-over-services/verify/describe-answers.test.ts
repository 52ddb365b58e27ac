import { expect, test } from "vitest";
import {
  describeAnswers,
  type VersionAnswer,
} from "../../../../functions/fail-over-services/verify/describe-answers.ts";

const asked = { providerName: "CRM", by: "ada" };
const both = { versionId: "v1", isCurrent: true, isInRingCx: "YES" } as const;
const known = { versionIds: ["v1"], isKnown: true };
const answerOf = (version: Omit<VersionAnswer, "answer">, kind: VersionAnswer["answer"]["kind"]): VersionAnswer => ({
  ...version,
  answer: kind === "ACCEPTED" ? { kind } : { kind, reason: "status 401" },
});

test.each([
  ["ACCEPTED", "NO_CHANGE", /v1, which RingCX was given last and is AWSCURRENT, is accepted\. Nothing was changed\.$/],
  ["REFUSED", "FAILED", /is refused \(status 401\)/],
  ["COULD_NOT_BE_ASKED", "FAILED", /could not be asked about/],
  ["NOT_PROVABLE", "NO_CHANGE", /cannot be proven from here/],
] as const)("what is %s is told so", (kind, status, summary) => {
  expect(describeAnswers(asked, [answerOf(both, kind)], known)).toMatchObject({
    status,
    summary: expect.stringMatching(summary),
    details: { answer: kind, versions: [{ ...both, isInRingCx: true, answer: kind }] },
  });
});

test("of two versions the worse one counts, and each is named with where it is", () => {
  const answers = [
    answerOf({ versionId: "v1", isCurrent: false, isInRingCx: "YES" }, "REFUSED"),
    answerOf({ versionId: "v2", isCurrent: true, isInRingCx: "NO" }, "ACCEPTED"),
  ];
  const { status, summary, problems } = describeAnswers(asked, answers, known);
  expect(status).toBe("FAILED");
  expect(summary).toMatch(
    /v1, which RingCX was given last, but is not AWSCURRENT, is refused.*v2, which is AWSCURRENT, but not in RingCX, is accepted/,
  );
  expect(problems).toHaveLength(1);
});

test("a secret without a version is no working credential", () => {
  expect(describeAnswers(asked, [], { versionIds: [], isKnown: true })).toMatchObject({
    status: "FAILED",
    details: { answer: "COULD_NOT_BE_ASKED" },
  });
});

test("in the middle of a change the candidate counts too, and it is said that nobody knows which of them RingCX has", () => {
  const answers = [
    answerOf({ versionId: "v2", isCurrent: false, isInRingCx: "MAYBE" }, "REFUSED"),
    answerOf({ versionId: "v1", isCurrent: true, isInRingCx: "MAYBE" }, "ACCEPTED"),
  ];
  const { status, summary, details } = describeAnswers(asked, answers, { versionIds: ["v2", "v1"], isKnown: false });
  expect(status).toBe("FAILED");
  expect(summary).toMatch(/v2, which RingCX may have, .*is refused.*v1, which RingCX may have and is AWSCURRENT/);
  expect(summary).toContain("it is not known which version RingCX has; it may have v2 or v1");
  expect(details).toMatchObject({ versions: [{ isInRingCx: false, mayBeInRingCx: true }, { mayBeInRingCx: true }] });
});
