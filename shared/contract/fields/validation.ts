import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import * as z from "zod";
import { endpointUrl } from "./endpoint-url.ts";
import { headerName, headersSchema } from "./headers.ts";

const status = z.int().min(100).max(599);

/** The request that proves an endpoint: what to send, where the credential goes, what must come back. */
export const validationSchema = z
  .strictObject({
    /** A probe must not create data in somebody's system: anything but GET is said explicitly. @default "GET" */
    method: z.enum(["GET", "HEAD", "POST"]).default("GET"),
    /** @default the service's own URL */
    url: endpointUrl.optional(),
    headers: headersSchema.optional(),
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
      /** JSON Schema (2020-12) of the answer's body. `format` is not checked. */
      schema: z.record(z.string(), z.json()).optional(),
    }),
  })
  .superRefine(({ method, body, expect }, context) => {
    if (body !== undefined && method !== "POST") {
      context.addIssue({
        code: "custom",
        path: ["body"],
        message: `a ${method} request has no body`,
        params: { hint: 'say "method": "POST"' },
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
    try {
      compileShape(expect.schema);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      context.addIssue({
        code: "custom",
        path: ["expect", "schema"],
        message: `expected a JSON Schema (2020-12): ${why}`,
      });
    }
  });
/** The validation request of a service, complete. */
export type Validation = z.output<typeof validationSchema>;

/** @throws {Error} when it is not a JSON Schema, or refers to something outside of itself */
export function compileShape({ $schema: _dialect, ...schema }: Readonly<Record<string, unknown>>): ValidateFunction {
  if (schema.$async !== undefined) throw new Error('"$async" is not known');
  // A schema per message: an instance of its own keeps nothing of it.
  return new Ajv2020({ validateFormats: false, strictTypes: false, allErrors: false, logger: false }).compile(schema);
}
