import { AutomationError } from "../../primitives/errors.ts";
import { compact } from "../resources/errors.ts";

/** The step of the login that failed. */
export type LoginStep = "platform token" | "RingCX token" | "refresh";

/** Why a login failed; see {@link LoginError}. */
export type LoginFailure = "LOGIN_REFUSED" | "LOGIN_RATE_LIMITED" | "LOGIN_UNAVAILABLE";

/**
 * The login failed. `LOGIN_REFUSED`: the credentials or the refresh token were not accepted;
 * `LOGIN_RATE_LIMITED` and `LOGIN_UNAVAILABLE` may succeed later.
 */
export class LoginError extends AutomationError {
  override readonly name = "LoginError";
  readonly step: LoginStep;
  /** Milliseconds that the server asked to wait, if it did. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    facts: {
      code: LoginFailure;
      step: LoginStep;
      connection: string;
      status?: number | undefined;
      reason?: string | undefined;
      retryAfterMs?: number | undefined;
    },
  ) {
    const { code, reason, ...details } = facts;
    super(message, {
      code,
      retryable: code !== "LOGIN_REFUSED",
      details: compact({ ...details, reason }),
      cause: reason === undefined ? undefined : new Error(reason),
    });
    this.step = facts.step;
    this.retryAfterMs = facts.retryAfterMs;
  }
}
