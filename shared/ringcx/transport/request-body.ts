import type * as z from "zod";
import { Redacted } from "../../primitives/redacted.ts";

/** A body ready to be sent, and the credentials in it, which must not come back in an error. */
export interface RequestBody {
  json: string;
  secrets: readonly string[];
}

/**
 * Reveals what is redacted, checks the result against the schema of the request and writes it as JSON: the only
 * place where a credential on its way to RingCX is revealed.
 *
 * @returns the body, or every problem with its path. A problem never shows a value.
 */
export function requestBody(schema: z.ZodType, body: unknown): RequestBody | { problems: string[] } {
  const secrets: string[] = [];
  const result = schema.safeParse(revealed(body, secrets, false));
  if (!result.success) return { problems: bodyProblems(result.error) };
  return { json: JSON.stringify(result.data), secrets };
}

/** What is wrong and where, in words without values. */
export function bodyProblems({ issues }: z.ZodError): string[] {
  return issues.map(({ path, message }) => `${path.map(String).join(".") || "body"}: ${message}`);
}

// Headers that say nothing about who is asking. Any other header of an endpoint may hold a credential.
const plainHeaders = /^(accept.*|content-.*|user-agent|cache-control)$/i;

function revealed(value: unknown, secrets: string[], isSecret: boolean): unknown {
  if (value instanceof Redacted) return revealed(value.reveal(), secrets, true);
  if (typeof value === "string" && isSecret) secrets.push(value);
  if (Array.isArray(value)) return value.map((item) => revealed(item, secrets, isSecret));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      if (name === "headers" && !isSecret) collectHeaders(field, secrets);
      return [name, revealed(field, secrets, isSecret)];
    }),
  );
}

function collectHeaders(headers: unknown, secrets: string[]): void {
  if (typeof headers !== "object" || headers === null) return;
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string" && value !== "" && !plainHeaders.test(name)) secrets.push(value);
  }
}
