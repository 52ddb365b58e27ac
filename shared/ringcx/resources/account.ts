import * as z from "zod";
import { optionalField, optionalText } from "./field-types.ts";

const id = z.union([z.string(), z.number().transform(String)]);

/**
 * A sub-account that the user may use. Everything else is dropped on purpose: RingCX's account record also
 * holds passwords and keys (`crmPwd`, `ftpPwd`, `securityKey`), and nobody here writes it back.
 */
export const accountSchema = z.object({
  accountId: id,
  accountName: optionalText,
  mainAccountId: optionalField(id),
});
/** A sub-account that the connection may see. */
export type Account = z.output<typeof accountSchema>;
