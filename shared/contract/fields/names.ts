import * as z from "zod";
import { utf8Length } from "../../primitives/bytes.ts";

// Patterns of the contract are read by validators of every language: no `\d`, `\w` or `\s`, no `\p`, no flags. A test holds it.

/** A RingCX sub-account. */
export const accountIdSchema = z.string().regex(/^[0-9]{1,20}$/, 'expected a string of digits, as in "123456"');

/** A name that people choose: any script, quotes and emoji; no control characters and no spaces around it. */
export const nameSchema = z
  .string()
  .min(1, "expected a name that is not empty")
  .max(200, "expected at most 200 characters")
  .refine((name) => name.trim() === name, "expected no spaces before or after the name")
  .refine((name) => !/[\p{Cc}\p{Cs}]/u.test(name), "expected no control characters")
  // A key of the state table holds two names and at most 1,024 bytes; a slash or percent sign takes three.
  .refine(
    (name) => utf8Length(name.replaceAll(/[%/]/g, "%00")) <= 450,
    "expected at most 450 bytes as UTF-8 (a slash or percent sign counts as three)",
  );

/** A secret in Secrets Manager: its name or ARN, never its value. */
export const secretIdSchema = z
  .string()
  .min(1)
  .max(2_048)
  .regex(/^[A-Za-z0-9_/+=.@:-]+$/, "expected the name or ARN of a secret in Secrets Manager, not its value");
