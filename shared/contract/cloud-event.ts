import * as z from "zod";
import { timeSchema } from "./fields/time.ts";

/** In any case, without a flag: a written schema has none. Source: RFC 9110, 8.3.1, "Media Type". */
const jsonType =
  /^[ \t]*[Aa][Pp][Pp][Ll][Ii][Cc][Aa][Tt][Ii][Oo][Nn][/]([A-Za-z0-9_.+-]+\+)?[Jj][Ss][Oo][Nn][ \t]*(;[^\r\n]*)?$/;

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
  time: timeSchema,
  subject: z.string().min(1).max(1024).optional(),
  datacontenttype: z.string().regex(jsonType, "expected application/json or another type of JSON").optional(),
  dataschema: z.url().optional(),
});
