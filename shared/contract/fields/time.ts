import * as z from "zod";

/** RFC 3339, 5.6: `t` and `z` may be lower-case, a second may be the 61st. */
const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

function isTime(text: string): boolean {
  return Number.isFinite(Date.parse(text));
}

/** A date and time with its offset, as RFC 3339 has it. */
export const timeSchema = z
  .string()
  .regex(rfc3339, "expected a date and time with its offset (RFC 3339)")
  .refine(isTime, "is no time that there is")
  // For those who read the JSON Schema: the pattern knows no calendar.
  .meta({ format: "date-time" });
