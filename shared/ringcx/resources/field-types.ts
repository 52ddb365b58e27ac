import type * as z from "zod";

/** A field of an answer that RingCX may leave out or answer as `null`: both read as absent. */
export function absent<Schema extends z.ZodType>(schema: Schema) {
  return schema
    .nullish()
    .transform((value) => value ?? undefined)
    .optional();
}
