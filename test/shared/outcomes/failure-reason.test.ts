import { expect, test } from "vitest";
import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { asCall } from "../../../shared/primitives/failed-call.ts";

test("an error of ours says what it says", () => {
  const error = new AutomationError("Deploy again.", { code: "SETTING_MISSING", retryable: true });
  expect(failureReason(error)).toEqual({ code: "SETTING_MISSING", message: "Deploy again.", isRetryable: true });
});

test("any other error is described by its name, because its message may quote a secret", () => {
  const { code, message } = failureReason(new TypeError("s3cret is not a function"));
  expect(code).toBe("TypeError");
  expect(message).toMatch(/TypeError/);
  expect(message).not.toMatch(/s3cret/);
  expect(failureReason("s3cret").message).not.toMatch(/s3cret/);
});

test("an error after several attempts says how many", () => {
  expect(failureReason(new TypeError("x"), 5).message).toMatch(/failed 5 times \(TypeError\)/);
});

test.each([
  [
    "AccessDeniedException",
    /^It failed unexpectedly \(DynamoDB's GetItem of the table t: AccessDeniedException\): .*role/,
  ],
  ["TimeoutError", /\(DynamoDB's GetItem of the table t: TimeoutError\): it may be over in a moment/],
])("a call of AWS that failed with %s is named, with the likely cause", async (name, words) => {
  const refused = Promise.reject(Object.assign(new Error("s3cret"), { name }));
  const error = await asCall("DynamoDB's GetItem of the table t", refused).catch((failure: unknown) => failure);
  expect(failureReason(error)).toMatchObject({ code: name, message: expect.stringMatching(words), isRetryable: true });
  expect(failureReason(error).message).not.toContain("s3cret");
});
