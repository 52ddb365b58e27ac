import * as z from "zod";
import { parseAnswerSchema } from "./answer-schema.ts";
import { endpointUrl } from "./endpoint-url.ts";
import { headerName, headersSchema } from "./headers.ts";
import { probeHeaderProblem, probeHeaderValueProblem, refusedProbeHeaders } from "./probe-headers.ts";

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
    /** Sent as JSON. */
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
    }),
  })
  .superRefine((validation, context) => {
    const { method, body, expect } = validation;
    for (const { path, message, hint } of headerProblems(validation)) {
      context.addIssue({ code: "custom", path, message, params: { hint } });
    }
    if (body !== undefined && method !== "POST") {
      context.addIssue({
        code: "custom",
        path: ["body"],
        message: `a ${method} request has no body`,
        params: { hint: 'say "method": "POST"' },
      });
    }
    for (const path of interimStatuses(expect.status)) {
      context.addIssue({
        code: "custom",
        path: ["expect", "status", ...path],
        message: `expected ${lowestFinal} to 599: 1xx is never the final answer`,
        params: { hint: "give the status of the answer that follows it" },
      });
    }
    if (expect.schema === undefined) return;
    if (method === "HEAD") {
      context.addIssue({
        code: "custom",
        path: ["expect", "schema"],
        message: "the answer to a HEAD request has no body",
      });
    }
    const parsed = parseAnswerSchema(expect.schema);
    for (const { path, message, hint } of "problems" in parsed ? parsed.problems : []) {
      const params = hint === undefined ? {} : { params: { hint } };
      context.addIssue({ code: "custom", path: ["expect", "schema", ...path], message, ...params });
    }
  });
/** The validation request of a service, complete. */
export type Validation = z.output<typeof validationSchema>;

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
