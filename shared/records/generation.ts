import * as z from "zod";

/** The message that shaped a record last. Records keep it under the attribute `stamp`. */
export const generationSchema = z.object({
  source: z.string(),
  id: z.string(),
  /** ISO 8601, the sender's. */
  time: z.string(),
});
export type Generation = z.output<typeof generationSchema>;

/** True when a message of the same sender, sent later, has shaped the record: this one must not undo it. */
export function isSuperseded(
  record: { generation: Generation | undefined } | undefined,
  { source, time }: Generation,
): boolean {
  const last = record?.generation;
  return last !== undefined && last.source === source && Date.parse(last.time) > Date.parse(time);
}
