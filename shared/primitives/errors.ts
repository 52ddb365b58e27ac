/** What an {@link AutomationError} carries beside its message. Nothing in `details` may be secret. */
export interface ErrorFacts {
  /** Stable, for machines: `SETTING_MISSING`, `RINGCX_FORBIDDEN`, ... */
  code: string;
  /** True when the same call may succeed later without anybody changing anything. */
  retryable?: boolean;
  /** Structured facts for the log and the outcome: ids, paths, statuses. */
  details?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

/** Base of every error that we raise on purpose: the message says what, where, and what to do next. */
export class AutomationError extends Error {
  override readonly name: string = "AutomationError";
  readonly code: string;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, { code, retryable = false, details = {}, cause }: ErrorFacts) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = retryable;
    this.details = details;
  }
}

/** A setting is missing or wrong; lists every wrong one at once. Raised at start-up, never retried. */
export class SettingsError extends AutomationError {
  override readonly name = "SettingsError";

  constructor(problems: readonly string[]) {
    super(`Settings are missing or wrong:\n${problems.map((problem) => `  ${problem}`).join("\n")}`, {
      code: "SETTINGS_INVALID",
      details: { problems },
    });
  }
}
