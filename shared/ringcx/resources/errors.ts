import { AutomationError } from "../../primitives/errors.ts";

/** The ids that an operation was about, under RingCX's names. */
export type RingCxIds = Readonly<
  Partial<Record<"accountId" | "serviceGroupId" | "serviceId" | "inputId" | "authConfigId", string | number>>
>;

/** What went wrong and where. Nothing here is secret: no headers, no bodies, messages already scrubbed. */
export interface RingCxErrorFacts {
  /** Name of the operation, as in `operations.ts`: `services.create`. */
  operation: string;
  ids: RingCxIds;
  /** The permission that the RingCX user needs for it. */
  permission: string;
  /** HTTP status, if an answer came. */
  status?: number | undefined;
  /** RingCX's own `errorCode`. */
  errorCode?: string | undefined;
  /** RingCX's own `generalMessage`, without any credential of the request. */
  generalMessage?: string | undefined;
  /** What failed when no answer came (`ECONNRESET`, `TIMEOUT`, ...) or what was wrong with it. */
  reason?: string | undefined;
  /** Whether RingCX may have carried it out, in any attempt. @default true */
  mayBeDone?: boolean | undefined;
}

/**
 * Base of everything that RingCX refuses or fails to answer. The message says what was asked, what came
 * back and what to do next; `details` hold the same as data.
 */
export class RingCxError extends AutomationError {
  override readonly name: string = "RingCxError";
  readonly operation: string;
  readonly ids: RingCxIds;
  readonly permission: string;
  readonly status: number | undefined;
  readonly errorCode: string | undefined;
  /** Whether RingCX may have carried the call out all the same, in any attempt. */
  readonly mayBeDone: boolean;
  /** What to do next. */
  readonly advice: string;

  constructor(
    { mayBeDone = true, ...facts }: RingCxErrorFacts,
    kind: { code: string; advice: string; retryable?: boolean },
  ) {
    const { operation, ids, permission, status, errorCode, reason } = facts;
    super(`${what(facts)} ${kind.advice}`, {
      code: kind.code,
      retryable: kind.retryable ?? false,
      details: compact({ ...facts, advice: kind.advice }),
      // The innermost failure by its name only: an HTTP library's own error holds the request's headers.
      cause: reason === undefined ? undefined : new Error(reason),
    });
    this.operation = operation;
    this.ids = ids;
    this.permission = permission;
    this.status = status;
    this.errorCode = errorCode;
    this.mayBeDone = mayBeDone;
    this.advice = kind.advice;
  }
}

// Advice is the "Resolution" column of: Remote HTTP Service APIs, "Common Errors".

/** Whether RingCX refuses what is asked, and will refuse it again: the sweep tells it, and tries it each minute. */
export function isRefusal(error: unknown): error is RingCxError {
  return error instanceof RingCxError && !error.retryable;
}

/** 400: a malformed URL, method, auth payload or input mapping. */
export class RingCxBadRequestError extends RingCxError {
  override readonly name = "RingCxBadRequestError";

  constructor(facts: RingCxErrorFacts) {
    super(facts, {
      code: "RINGCX_BAD_REQUEST",
      advice: "Check URL, method, auth payload and input mapping. Validate service definitions before activating them.",
    });
  }
}

/** 401, also with a token that was just renewed. */
export class RingCxUnauthorizedError extends RingCxError {
  override readonly name = "RingCxUnauthorizedError";

  constructor(facts: RingCxErrorFacts) {
    super(facts, {
      code: "RINGCX_UNAUTHORIZED",
      advice:
        "A freshly renewed token was refused as well: check the connection's secret (clientId, clientSecret, jwt), that the app has the scope ReadAccounts and that the user may use this account.",
      retryable: true,
    });
  }
}

/** 403: the RingCX user lacks the permission that the operation needs. */
export class RingCxForbiddenError extends RingCxError {
  override readonly name = "RingCxForbiddenError";

  constructor(facts: RingCxErrorFacts) {
    super(facts, {
      code: "RINGCX_FORBIDDEN",
      advice: `The RingCX user needs ${facts.permission}: grant remote service and external auth permissions in the Admin portal under Users & Permissions.`,
    });
  }
}

/** 404: the group, service, input or auth config is not under this account. */
export class RingCxNotFoundError extends RingCxError {
  override readonly name = "RingCxNotFoundError";

  constructor(facts: RingCxErrorFacts) {
    super(facts, {
      code: "RINGCX_NOT_FOUND",
      advice: "It is not under this account: re-list parent resources and use IDs from the same account.",
    });
  }
}

/** 409: the service is inactive, duplicated, or referenced by a workflow that prevents deletion. */
export class RingCxConflictError extends RingCxError {
  override readonly name = "RingCxConflictError";

  constructor(facts: RingCxErrorFacts) {
    super(facts, {
      code: "RINGCX_CONFLICT",
      advice:
        "It is inactive, duplicated, or referenced by a workflow that prevents deletion. Clone or update safely and activate only after validation.",
    });
  }
}

/** 5xx, network failure or time-out, with the retries or the time used up. Nothing was written, or a repeat does no harm. */
export class RingCxUnavailableError extends RingCxError {
  override readonly name = "RingCxUnavailableError";

  constructor(facts: RingCxErrorFacts) {
    super(facts, {
      code: "RINGCX_UNAVAILABLE",
      advice:
        "The call may be repeated later. If it persists, check the RingCX status page and the connection's ringcxUrl.",
      retryable: true,
    });
  }
}

/**
 * A POST whose fate is unknown: it was sent, and no usable answer came. RingCX has no idempotency keys, so
 * look whether the resource exists before writing again.
 */
export class AmbiguousWriteError extends RingCxError {
  override readonly name = "AmbiguousWriteError";

  constructor(facts: RingCxErrorFacts) {
    super(facts, {
      code: "RINGCX_WRITE_AMBIGUOUS",
      advice: "It may or may not have happened: read back by name (or by authConfigId) before writing again.",
      retryable: true,
    });
  }
}

/** An answer that is neither documented nor usable: a redirect, another status, or a body of another shape. */
export class RingCxAnswerError extends RingCxError {
  override readonly name = "RingCxAnswerError";

  constructor(facts: RingCxErrorFacts, advice?: string) {
    super(facts, {
      code: "RINGCX_ANSWER_UNEXPECTED",
      advice: advice ?? "Check that the connection's ringcxUrl is the RingCX host without a path.",
    });
  }
}

function what({ operation, ids, status, errorCode, generalMessage, reason }: RingCxErrorFacts): string {
  const where = Object.entries(ids)
    .map(([name, id]) => `${name} ${id}`)
    .join(", ");
  const answer = [status, errorCode, generalMessage && `"${generalMessage}"`, reason].filter(Boolean).join(" ");
  return `RingCX ${operation}${where && ` (${where})`} failed: ${answer}.`;
}

/** Facts without those that are undefined. */
export function compact(facts: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
