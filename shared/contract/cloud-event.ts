import * as z from "zod";

/** RFC 3339, 5.6: `t` and `z` may be lower-case, a second may be the 61st. */
const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

function isTime(text: string): boolean {
  return Number.isFinite(Date.parse(text));
}

/**
 * The CloudEvents 1.0 envelope in structured JSON, as far as we use it.
 * Source: CloudEvents specification 1.0, "Context Attributes". `source` and `id` together name an event.
 */
export const cloudEventSchema = z.object({
  specversion: z.literal("1.0"),
  id: z.string().min(1).max(256),
  source: z.string().min(1).max(256),
  type: z.string().min(1),
  /** When the sender meant it: an older message from the same source does not undo a newer one. */
  time: z
    .string()
    .regex(rfc3339, "expected a date and time with its offset (RFC 3339)")
    .refine(isTime, "is no time that there is"),
  subject: z.string().min(1).max(1024).optional(),
  datacontenttype: z
    .string()
    .regex(/^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;.*)?$/i, "expected application/json or another type of JSON")
    .optional(),
  dataschema: z.url().optional(),
});
