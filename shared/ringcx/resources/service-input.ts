import * as z from "zod";
import { numericId, optionalField, optionalText } from "./field-types.ts";

// Remote HTTP Service APIs, "Configure Service Inputs": `RemoteHttpServiceInput`.

/** An input as RingCX answers it. */
export const serviceInputSchema = z.looseObject({
  inputId: numericId,
  name: z.string(),
  type: optionalText,
  simpleDataType: optionalText,
  value: optionalText,
  rank: optionalField(z.union([z.string(), z.number().transform(String)])),
});
/** An input as RingCX answers it. */
export type ServiceInput = z.output<typeof serviceInputSchema>;

/** An input to save. `rank` is a string of digits in every documented example. */
export const serviceInputWriteSchema = z.looseObject({
  inputId: z.int().optional(),
  name: z.string().min(1),
  type: z.string().min(1).optional(),
  simpleDataType: z.string().min(1).optional(),
  value: z.string().optional(),
  rank: z.string().optional(),
});
/** An input to save. */
export type ServiceInputWrite = z.input<typeof serviceInputWriteSchema>;
