import * as z from "zod";
import { credentialName } from "../credentials/credential-names.ts";
import { refusedServiceHeaders, serviceHeaderProblem } from "./probe-headers.ts";
import { refuse } from "./refuse.ts";

/** True for a header or query parameter whose name says that it carries a credential. */
export function carriesCredential(name: string): boolean {
  return credentialName(name) === "always";
}

/** RFC 9110, 5.1: the characters of a header's name. */
export const headerName = z
  .string()
  .max(100)
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "expected a header name (RFC 9110): letters, digits and dashes");

/** A header's value: no control characters, so that it cannot begin another header or a body. */
export const headerValue = z
  .string()
  .max(4_000)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused; not every validator knows \\p{Cc}.
  .regex(/^[^\x00-\x08\x0a-\x1f\x7f-\x9f]*$/, "expected a value without line breaks and control characters");

/**
 * Headers of a probe by name, in characters up to U+00FF: HTTP carries one byte each (`probeHeaderValueProblem` says it with a
 * hint, the pattern to those who read the JSON Schema). Credentials are found where the whole message is looked at for them.
 */
export const headersSchema = z
  .record(headerName, headerValue.meta({ pattern: "^[\\x09\\x20-\\x7e\\xa0-\\xff]*$" }))
  .superRefine(refuseTwins);

/**
 * Headers that RingCX sends to a service's endpoint: none that decides which host that is. One that is `null` is removed, one
 * that is not named stays.
 */
export const serviceHeadersSchema = z
  .record(headerName, headerValue.nullable())
  .superRefine(refuseTwins)
  .superRefine((headers, context) => {
    for (const [name, value] of Object.entries(headers)) {
      const problem = value === null ? undefined : serviceHeaderProblem(name);
      if (!problem) continue;
      refuse(context, { path: [name], ...problem });
    }
  })
  .meta({ description: `Not these, nor a credential, in any letter case: ${refusedServiceHeaders}` });

function refuseTwins(headers: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  const seen = new Map<string, string>();
  for (const name of Object.keys(headers)) {
    const twin = seen.get(name.toLowerCase());
    if (twin !== undefined) {
      const hint = "keep one of them: a header's name is the same in any letter case";
      refuse(context, { path: [name], message: `is the same header as ${twin}`, hint });
    }
    seen.set(name.toLowerCase(), name);
  }
}
