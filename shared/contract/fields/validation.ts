import * as z from "zod";
import { parseAnswerSchema } from "./answer-schema.ts";
import { endpointUrl } from "./endpoint-url.ts";
import { headerName, headersSchema } from "./headers.ts";
import { probeHeaderProblem, probeHeaderValueProblem, refusedProbeHeaders } from "./probe-headers.ts";
import { refuse } from "./refuse.ts";

/** Lowest status of an answer: 1xx only announces one (RFC 9110, 15.2). */
const lowestFinal = 200;
// An interim status is refused below, where a hint can be given; the written contract says it here.
const status = z.int().min(100).max(599).meta({ minimum: lowestFinal });

/** The request that proves an endpoint: what to send, where the credential goes, what must come back. */
export const validationSchema = z
  .strictObject({
    /** A probe must not create data in somebody's system: anything but GET is said explicitly. @default "GET" */
    method: z.enum(["GET", "HEAD", "POST"]).default("GET"),
    /** @default the service's own URL */
    url: endpointUrl.optional(),
    headers: headersSchema
      .optional()
      .meta({ description: `Not these, nor a credential, in any letter case: ${refusedProbeHeaders}` }),
    /** Sent as JSON; a text as it is, in UTF-8, where `headers` name a content type other than JSON: a SOAP envelope. */
    body: z.json().optional(),
    /** Where the auth config's credential goes; without it none is sent. */
    credential: z
      .strictObject({
        in: z.enum(["HEADER", "QUERY_PARAM"]),
        name: headerName,
        /** Written before the credential: `"Bearer "`. @default "Bearer " for a token in `Authorization`, `"Basic "` for BASIC */
        prefix: z.string().max(40).optional(),
      })
      .optional(),
    expect: z.strictObject({
      status: z.union([status, z.array(status).min(1).max(20)]).default(200),
      /** JSON Schema (2020-12) of the answer's body, without references and regular expressions. `format` is not checked. */
      schema: z.record(z.string(), z.json()).optional(),
      /** A text that the answer's body must contain, exactly so: a name in XML, which is not parsed. */
      contains: z.string().min(1, "expected a text that is not empty").max(1_000).optional(),
    }),
  })
  .superRefine((validation, context) => {
    const { method, body, expect } = validation;
    for (const problem of headerProblems(validation)) refuse(context, problem);
    if (body !== undefined && method !== "POST") {
      refuse(context, {
        path: ["body"],
        message: `a ${method} request has no body`,
        hint: 'say "method": "POST"',
      });
    }
    const charset = textBodyOf(validation) === undefined ? undefined : charsetOf(contentTypeOf(validation.headers));
    if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
      const hint = "say charset=utf-8, or leave the charset out; also in an XML declaration";
      refuse(context, { path: ["headers"], message: "the body is sent in UTF-8", hint });
    }
    for (const path of interimStatuses(expect.status)) {
      refuse(context, {
        path: ["expect", "status", ...path],
        message: `expected ${lowestFinal} to 599: 1xx is never the final answer`,
        hint: "give the status of the answer that follows it",
      });
    }
    for (const field of ["schema", "contains"] as const) {
      if (method !== "HEAD" || expect[field] === undefined) continue;
      const message = "the answer to a HEAD request has no body";
      const hint = "ask by GET, or leave it out and expect the status alone";
      refuse(context, { path: ["expect", field], message, hint });
    }
    if (expect.schema === undefined) return;
    const parsed = parseAnswerSchema(expect.schema);
    for (const { path, message, hint } of "problems" in parsed ? parsed.problems : []) {
      refuse(context, { path: ["expect", "schema", ...path], message, hint });
    }
  });
/** The validation request of a service, complete. */
export type Validation = z.output<typeof validationSchema>;

/** The body where it is a text that is sent as it is, under the content type that is declared with it. */
export function textBodyOf({ body, headers }: Pick<Validation, "body" | "headers">): string | undefined {
  const contentType = contentTypeOf(headers);
  if (typeof body !== "string" || contentType === undefined) return undefined;
  return /[/+]json\s*(;|$)/i.test(contentType) ? undefined : body;
}

/** The content type that headers declare, however they spell its name. */
export function contentTypeOf(headers: Validation["headers"]): string | undefined {
  return Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "content-type")?.[1];
}

function charsetOf(contentType: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s;"]{1,40})/i.exec(contentType ?? "")?.[1];
}

function interimStatuses(status: number | readonly number[]): number[][] {
  if (typeof status === "number") return status < lowestFinal ? [[]] : [];
  return status.flatMap((one, index) => (one < lowestFinal ? [[index]] : []));
}

/** Headers that a probe may not send, declared or for the credential, by their paths in the validation. */
export function headerProblems({ headers = {}, credential }: Pick<Validation, "headers" | "credential">) {
  const declared = Object.entries(headers).map(([name, value]) => ({ path: ["headers", name], name, value }));
  const placed =
    credential?.in === "HEADER"
      ? [{ path: ["credential", "name"], name: credential.name, value: credential.prefix ?? "" }]
      : [];
  return [...declared, ...placed].flatMap(({ path, name, value }) => {
    const problem = probeHeaderProblem(name) ?? probeHeaderValueProblem(value);
    return problem ? [{ path, ...problem }] : [];
  });
}
