import { AutomationError } from "../primitives/errors.ts";
import { failedCall } from "../primitives/failed-call.ts";

/** What went wrong, in words that hold nothing secret. */
export interface FailureReason {
  /** Stable, for machines; the name of an error that we did not raise ourselves. */
  code: string;
  message: string;
  /** True when the same may succeed later without anybody changing anything. */
  isRetryable: boolean;
}

/** By the name of an error of AWS. */
const likelyCauses: Readonly<Record<string, string>> = {
  AccessDeniedException:
    "the function's role, a policy of the organization or a boundary, or the table's KMS key does not allow it",
  ResourceNotFoundException: "there is no such table",
};

/**
 * An error for people. One that we did not raise ourselves is described by its name only: its message may quote anything.
 *
 * @param attempts how often it failed before this is published
 */
export function failureReason(error: unknown, attempts = 1): FailureReason {
  if (error instanceof AutomationError) {
    return { code: error.code, message: error.message, isRetryable: error.retryable };
  }
  const code = error instanceof Error ? error.name : "UNKNOWN";
  const failed = attempts > 1 ? `failed ${attempts} times` : "failed unexpectedly";
  const call = failedCall(error);
  if (call !== undefined) {
    const cause = likelyCauses[code] ?? "it may be over in a moment";
    return { code, message: `It ${failed} (${call}: ${code}): ${cause}.`, isRetryable: true };
  }
  return { code, message: `It ${failed} (${code}); the log of the invocation says more.`, isRetryable: true };
}
