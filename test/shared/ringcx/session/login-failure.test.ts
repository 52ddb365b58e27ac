import { expect, test } from "vitest";
import { loginFailure } from "../../../../shared/ringcx/session/login.ts";

test.each([
  [429, "LOGIN_RATE_LIMITED", /a minute later/],
  [0, "LOGIN_UNAVAILABLE", /repeated later/],
  [200, "LOGIN_UNAVAILABLE", /repeated later/],
  [408, "LOGIN_UNAVAILABLE", /repeated later/],
  [503, "LOGIN_UNAVAILABLE", /repeated later/],
  [400, "LOGIN_REFUSED", /Check clientId/],
  [401, "LOGIN_REFUSED", /Check clientId/],
] as const)("a login that is answered with %i is told to be %s", (status, code, next) => {
  expect(loginFailure("platform token", status)).toEqual({ code, next: expect.stringMatching(next) });
});
