import { expect, test } from "vitest";
import {
  describeAnswers,
  type VersionAnswer,
} from "../../../../functions/fail-over-services/verify/describe-answers.ts";

const asked = { providerName: "CRM", by: "ada" };
const both = { versionId: "v1", isCurrent: true, isInRingCx: true };
const answerOf = (version: Omit<VersionAnswer, "answer">, kind: VersionAnswer["answer"]["kind"]): VersionAnswer => ({
  ...version,
  answer: kind === "ACCEPTED" ? { kind } : { kind, reason: "status 401" },
});

test.each([
  ["ACCEPTED", "NO_CHANGE", /v1, which RingCX has and is AWSCURRENT, is accepted\. Nothing was changed\.$/],
  ["REFUSED", "FAILED", /is refused \(status 401\)/],
  ["COULD_NOT_BE_ASKED", "FAILED", /could not be asked about/],
  ["NOT_PROVABLE", "NO_CHANGE", /cannot be proven from here/],
] as const)("what is %s is told so", (kind, status, summary) => {
  expect(describeAnswers(asked, [answerOf(both, kind)])).toMatchObject({
    status,
    summary: expect.stringMatching(summary),
    details: { answer: kind, versions: [{ ...both, answer: kind }] },
  });
});

test("of two versions the worse one counts, and each is named with where it is", () => {
  const answers = [
    answerOf({ versionId: "v1", isCurrent: false, isInRingCx: true }, "REFUSED"),
    answerOf({ versionId: "v2", isCurrent: true, isInRingCx: false }, "ACCEPTED"),
  ];
  const { status, summary, problems } = describeAnswers(asked, answers);
  expect(status).toBe("FAILED");
  expect(summary).toMatch(
    /v1, which RingCX has, but is not AWSCURRENT, is refused.*v2, which is AWSCURRENT, but not in RingCX, is accepted/,
  );
  expect(problems).toHaveLength(1);
});

test("a secret without a version is no working credential", () => {
  expect(describeAnswers(asked, [])).toMatchObject({ status: "FAILED", details: { answer: "COULD_NOT_BE_ASKED" } });
});
