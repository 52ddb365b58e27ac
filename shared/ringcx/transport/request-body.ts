import type * as z from "zod";
import { Confined, type Destination } from "../../primitives/confined.ts";
import { isRawNumber } from "../../primitives/exact-json.ts";
import { issueText } from "../../primitives/issue-words.ts";
import { Redacted } from "../../primitives/redacted.ts";

/** A body ready to be sent, and the credentials in it, which must not come back in an error. */
export interface RequestBody {
  json: string;
  secrets: readonly string[];
}

/** For whom a body is opened, and when (epoch milliseconds). */
export interface BodyDestination {
  destination: Destination;
  now: number;
}

/**
 * Reveals what is redacted or confined, checks the result against the schema of the request and writes it as JSON: the
 * only place where a credential on its way to RingCX is revealed.
 *
 * @returns the body, or every problem with its path. A problem never shows a value.
 * @throws {AutomationError} `SECRET_NOT_PERMITTED`: a secret in it does not allow the destination
 */
export function requestBody(
  schema: z.ZodType,
  body: unknown,
  to: BodyDestination,
): RequestBody | { problems: string[] } {
  const secrets: string[] = [];
  const result = schema.safeParse(revealed(body, { to, secrets, isSecret: false }));
  if (!result.success) return { problems: bodyProblems(result.error) };
  return { json: JSON.stringify(result.data), secrets };
}

/** What is wrong and where, in words without values. */
export function bodyProblems({ issues }: z.ZodError): string[] {
  return issues.map((issue) => `${issue.path.map(String).join(".") || "body"}: ${issueText(issue)}`);
}

// Headers that say nothing about who is asking. Any other header of an endpoint may hold a credential.
const plainHeaders = /^(accept.*|content-.*|user-agent|cache-control)$/i;
const credentialWords = /auth|token|key|secret|pass|pwd|credential|session|cookie|signature/i;
/** A shorter value is a version, a flag or a region, and occurs in every text. */
const shortestSecret = 8;

interface Revealing {
  to: BodyDestination;
  /** Every text that was confined or redacted is added. */
  secrets: string[];
  isSecret: boolean;
}

function revealed(value: unknown, revealing: Revealing): unknown {
  const { to, secrets, isSecret } = revealing;
  if (value instanceof Confined)
    return revealed(value.reveal(to.destination, to.now), { ...revealing, isSecret: true });
  if (value instanceof Redacted) return revealed(value.reveal(), { ...revealing, isSecret: true });
  if (typeof value === "string" && isSecret) secrets.push(value);
  if (Array.isArray(value)) return value.map((item) => revealed(item, revealing));
  if (typeof value !== "object" || value === null || isRawNumber(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      if (name === "headers" && !isSecret) collectHeaders(field, secrets);
      return [name, revealed(field, revealing)];
    }),
  );
}

function collectHeaders(headers: unknown, secrets: string[]): void {
  if (typeof headers !== "object" || headers === null) return;
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== "string" || value === "" || plainHeaders.test(name)) continue;
    if (value.length >= shortestSecret || credentialWords.test(name)) secrets.push(value);
  }
}
