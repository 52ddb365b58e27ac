/** An error answer of RingCX: status, `errorCode` and `generalMessage` in the documented form. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly errorCode: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    errorCode: string,
    generalMessage: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(generalMessage);
    this.status = status;
    this.errorCode = errorCode;
    this.headers = headers;
  }
}

/** 400, naming each field that is wrong. */
export function badRequest(...problems: string[]): Refusal {
  return new Refusal(400, "bad.request.exception", problems.join("; "));
}

/** 403 in the words of Remote HTTP Service APIs, "Common Authorization Errors". */
export function accessDenied(): Refusal {
  return new Refusal(403, "access.denied.exception", "You do not have permission to access this resource");
}

/** A refusal with this status whatever a profile says of others with it: the assumption that it belongs to has chosen it. */
export class ChosenRefusal extends Refusal {}

/** 403 for what is not there, in the words of {@link accessDenied}. */
export function forbidden(): ChosenRefusal {
  const { status, errorCode, message } = accessDenied();
  return new ChosenRefusal(status, errorCode, message);
}

/** 404: also for what exists, but under another account. */
export function notFound(what: string): Refusal {
  return new Refusal(404, "resource.not.found.exception", `${what} is not under this account`);
}

/** 409: duplicated, inactive, or still referenced. */
export function conflict(why: string): Refusal {
  return new Refusal(409, "conflict.exception", why);
}

/** 429. @param retryAfter the `Retry-After` header; left out when undefined */
export function tooManyRequests(retryAfter: string | undefined): Refusal {
  return new Refusal(
    429,
    "too.many.requests.exception",
    "Request rate exceeded",
    retryAfter === undefined ? {} : { "retry-after": retryAfter },
  );
}

/** An answer of the gateway in front of RingCX: plain text instead of an error body. */
export class PlainTextRefusal extends Error {
  override readonly name = "PlainTextRefusal";
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}
