import * as z from "zod";
import { utf8Length } from "../../primitives/bytes.ts";

// Patterns of the contract are read by validators of every language: no `\d`, `\w` or `\s`, no `\p`, no flags. A test holds it.

/** A RingCX sub-account. A number, so that no two texts are one: RingCX shows none with zeros before it. */
export const accountIdSchema = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,19})$/, 'expected a string of digits without leading zeros, as in "123456"');

/** What {@link String.trim} takes away, beside control characters, within a class: U+2000 to U+200A and single ones. */
export const blanks = (() => {
  const [first, last, ...others] = [0x2000, 0x200a, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff].map(
    (code) => String.fromCodePoint(code),
  );
  return ` \\xa0${first}-${last}${others.join("")}`;
})();

/** The control characters of Unicode (`\p{Cc}`), within a class. */
export const controls = "\\x00-\\x1f\\x7f-\\x9f";

/** A text without control characters, for those who read the JSON Schema. */
export const printablePattern = `^[^${controls}]*$`;

/** No control characters and no blanks around it. */
const namePattern = `^[^${controls}${blanks}]([^${controls}]*[^${controls}${blanks}])?$`;

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
  )
  // The first two in one, for those who read the JSON Schema.
  .meta({ pattern: namePattern });

/**
 * A secret in Secrets Manager: its name or ARN, never its value. What is neither can be no secret's, and nobody could create it.
 * Source: AWS Secrets Manager API Reference, "CreateSecret": Name; an ARN ends with the name, a dash and six characters.
 */
export const secretIdSchema = z
  .string()
  .min(1)
  .max(2_048)
  .regex(
    /^([A-Za-z0-9_/+=.@-]{1,512}|arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9_/+=.@-]{1,519})$/,
    "expected the name (at most 512 letters, digits and /_+=.@-) or the ARN of a secret in Secrets Manager, not its value",
  );
