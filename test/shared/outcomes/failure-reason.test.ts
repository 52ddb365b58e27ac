import { expect, test } from "vitest";
import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";

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
