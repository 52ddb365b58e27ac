import { describe, expect, it, test } from "vitest";
import {
  isUnproven,
  nextFailure,
  nextRefusal,
  nextRotationFailure,
} from "../../../../functions/rotate-credentials/record/retry-backoff.ts";
import type { ApplyFailure } from "../../../../shared/records/credential/auth-config-state.ts";

const now = 1_800_000_000_000;
const minute = 60_000;
const reason = (code: string, isRetryable = false, message = "why") => ({ code, message, isRetryable });
const failed = (more: Partial<ApplyFailure> = {}): ApplyFailure => ({
  versionId: "v2",
  code: "RINGCX_REFUSED",
  message: "why",
  attempts: 1,
  retryAt: now,
  ...more,
});

/** How long is waited after so many attempts, in minutes. */
function waits(attempts: number[], failureAfter: (attempts: number) => ApplyFailure): number[] {
  return attempts.map((count) => (failureAfter(count).retryAt - now) / minute);
}

it.each([
  ["PROOF_PENDING", true],
  ["CREDENTIAL_UNPROVEN", true],
  ["CREDENTIAL_REFUSED", false],
])("%s waits for an endpoint or a person: %s", (code, expected) => {
  expect(isUnproven({ code })).toBe(expected);
});

describe("a version that cannot be applied", () => {
  const next = (before: ApplyFailure | undefined, code = "RINGCX_REFUSED", isRetryable = false) =>
    nextFailure(before, "v2", reason(code, isRetryable), now);

  it("waits twice as long each time, an hour at most", () => {
    const of = (attempts: number) => next(failed({ attempts })).failure;
    expect(waits([1, 2, 3, 4, 5, 6, 7, 20, 1_000], of)).toEqual([2, 4, 8, 16, 32, 60, 60, 60, 60]);
  });

  it.each(["PROOF_PENDING", "CREDENTIAL_UNPROVEN"])("is asked about each minute while %s", (code) => {
    expect(waits([1, 30], (attempts) => next(failed({ attempts, code }), code).failure)).toEqual([1, 1]);
  });

  it("is published at once where a person must act, and again where the reason is another", () => {
    expect(next(undefined)).toEqual({
      failure: { ...failed({ retryAt: now + minute }), isOfCurrent: true, isTold: true },
      isNews: true,
    });
    expect(next(failed({ isTold: true }))).toMatchObject({ isNews: false, failure: { isTold: true, attempts: 2 } });
    expect(next(failed({ isTold: true }), "DENIED")).toMatchObject({ isNews: true, failure: { code: "DENIED" } });
    expect(next(failed())).toMatchObject({ isNews: false, failure: { isTold: false } });
  });

  it("counts anew for another version", () => {
    expect(next(failed({ versionId: "v1", attempts: 9, isTold: true }))).toMatchObject({
      isNews: true,
      failure: { versionId: "v2", attempts: 1, retryAt: now + minute },
    });
  });

  it("is published at its fifth attempt where it may pass by itself", () => {
    const news = [0, 1, 2, 3, 4, 5].map((attempts) => next(failed({ attempts }), "RINGCX_REFUSED", true).isNews);
    expect(news).toEqual([false, false, false, false, true, false]);
    expect(next(undefined, "RINGCX_REFUSED", true)).toMatchObject({ isNews: false, failure: { isTold: false } });
  });
});

describe("a rotation that fails", () => {
  const next = (before: ApplyFailure | undefined, isAskedByPerson = false, code = "RINGCX_REFUSED") =>
    nextRotationFailure(before, { versionId: "v2", isAskedByPerson }, reason(code), now);

  it("waits up to twelve hours", () => {
    const of = (attempts: number) => next(failed({ attempts })).failure;
    expect(waits([1, 5, 9, 10, 1_000], of)).toEqual([2, 32, 512, 720, 720]);
  });

  it("is published once for each cause in a row, a person's each", () => {
    expect(next(undefined)).toEqual({ failure: failed({ retryAt: now + minute, isTold: true }), isNews: true });
    expect(next(failed({ versionId: "v1", isTold: true }))).toMatchObject({
      isNews: false,
      failure: { isTold: true },
    });
    expect(next(failed({ versionId: "v1" }))).toMatchObject({ isNews: false, failure: { isTold: false } });
    expect(next(failed({ versionId: "v1" }), true)).toMatchObject({ isNews: true, failure: { isTold: true } });
    // The same version again is a repeat, not another order.
    expect(next(failed(), true).isNews).toBe(false);
    expect(next(failed(), false, "DENIED").isNews).toBe(true);
  });
});

describe("a rotation that does not begin", () => {
  const refusal = { versionId: "v2", code: "BINDING_NONE", message: "why" };

  it("counts refusals of its kind alone", () => {
    expect(nextRefusal(undefined, refusal, now)).toEqual({ ...refusal, attempts: 1, retryAt: now + minute });
    expect(nextRefusal(failed({ attempts: 7 }), refusal, now).attempts).toBe(1);
    expect(nextRefusal(failed({ code: "BINDING_NONE", attempts: 7 }), refusal, now)).toMatchObject({
      attempts: 8,
      retryAt: now + 60 * minute,
    });
  });

  it("may have no words", () => {
    expect(nextRefusal(undefined, { versionId: "v2", code: "X" }, now)).not.toHaveProperty("message");
  });
});

test("of a failure's words 400 characters are kept", () => {
  const kept = (length: number) =>
    nextFailure(undefined, "v2", reason("X", false, "m".repeat(length)), now).failure.message;
  expect(kept(400)).toBe("m".repeat(400));
  expect(kept(401)).toBe(`${"m".repeat(399)}…`);
});
