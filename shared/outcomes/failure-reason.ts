import { AutomationError } from "../primitives/errors.ts";
/** What went wrong, in words that hold nothing secret. */
export interface FailureReason {
  code: string;
  message: string;
  isRetryable: boolean;
}

/** A failure that we did not raise ourselves is told by its name only: its message may quote anything. */
export function failureReason(error: unknown): FailureReason {
  if (error instanceof AutomationError) {
    return { code: error.code, message: error.message, isRetryable: error.retryable };
  }
  const code = error instanceof Error ? error.name : "UNKNOWN";
  return { code, message: `It failed unexpectedly (${code}); the log of the invocation says more.`, isRetryable: true };
}
