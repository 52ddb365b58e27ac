import * as z from "zod";
import type { Confined } from "../../primitives/confined.ts";

/** A field of an answer that RingCX may leave out or answer as `null`: both read as absent. */
export function optionalField<Schema extends z.ZodType>(schema: Schema) {
  return schema
    .nullish()
    .transform((value) => value ?? undefined)
    .optional();
}

/** {@link optionalField} of a text, and of a boolean: made once, as a schema of zod's is a part of every start's time. */
export const optionalText = optionalField(z.string());
/** See {@link optionalText}. */
export const optionalBoolean = optionalField(z.boolean());

/** A 32-bit id of RingCX's. Documented as a number; a string of digits means the same. */
export const numericId = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,10}$/, "expected a number")
    .transform(Number),
]);

/**
 * A request as the caller writes it: the fields named in `Secret` are {@link Confined}, any other may be
 * (so that whatever comes from a secret stays within its limits until the request is built).
 */
export type WithConfined<Body, Secret extends PropertyKey> = {
  [Field in keyof Body]: Field extends Secret
    ? Confined<Exclude<Body[Field], undefined>> | Extract<Body[Field], undefined>
    : Body[Field] | Confined<Exclude<Body[Field], undefined>>;
};
