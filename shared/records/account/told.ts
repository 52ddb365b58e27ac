import * as z from "zod";

/** What is kept of something wrong from when it begins until its end has been published. */
export const toldSchema = z.object({
  /** When it was first seen, ISO 8601. */
  since: z.string(),
  /** When it was seen to be no more, ISO 8601; kept until that has been published. */
  endedAt: z.string().optional(),
  /** What is wrong and how to mend it; kept until it has been published. */
  unpublished: z.object({ message: z.string(), hint: z.string() }).optional(),
});

/** What is kept of something wrong that may change while it goes on. */
export const toldProblemSchema = toldSchema.extend({
  /** Stable, for machines: `DELETED`, `UNTAGGED`, … */
  kind: z.string(),
  /** As it is now, in words. */
  message: z.string(),
  /** Which one of its topic it is: with another it is another problem. An earlier release did not write it. */
  about: z.string().optional(),
});

/** See {@link toldSchema}. */
export type Told = z.output<typeof toldSchema>;
