import * as z from "zod";
import { timeSchema } from "./fields/time.ts";

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
  datacontenttype: z
    .string()
    .regex(/^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;.*)?$/i, "expected application/json or another type of JSON")
    .optional(),
  dataschema: z.url().optional(),
});
