import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as z from "zod";
import { cloudEventSchema } from "../../../shared/contract/cloud-event.ts";
import { portablePattern } from "../../../shared/contract/documents.ts";
import { headerValue } from "../../../shared/contract/fields/headers.ts";
import { healthSchema } from "../../../shared/contract/fields/health.ts";
import { accountIdSchema, secretIdSchema } from "../../../shared/contract/fields/names.ts";

/** Every pattern of the published schemas, with the place that it has. */
const patterns = readdirSync("docs/contract")
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) => {
    const found: { place: string; pattern: string }[] = [];
    JSON.parse(readFileSync(`docs/contract/${name}`, "utf8"), (key, value) => {
      if (key === "pattern") found.push({ place: name, pattern: value });
      return value;
    });
    return found;
  });

/**
 * The parts that a pattern may be made of, so that every validator reads it and reads the same in it: characters, classes
 * of them, groups, alternatives, quantifiers and anchors. Source: JSON Schema, "Regular Expressions" (validation of draft 7,
 * 4.3). No `\d`, `\w`, `\s`, which are ASCII in one language and Unicode in another; no `\p`, `\u`, look-around and flags,
 * which some do not have. `\xHH` is in all of them.
 */
const part =
  /^(\[\^?(\\x[0-9a-f]{2}|\\[\][\\/.^$*+?|(){}nrt-]|[^[\]\\])+\]|\\x[0-9a-f]{2}|\\[\][\\/.^$*+?|(){}nrt-]|\((?!\?)|\)|\||[*+?]\??|\{\d+(,\d*)?\}\??|\^|\$|[^[\](){}|*+?\\.^$])/;

function foreignPart(pattern: string): string | undefined {
  let rest = pattern;
  while (rest !== "") {
    const [found] = part.exec(rest) ?? [];
    if (found === undefined) return rest;
    rest = rest.slice(found.length);
  }
  return undefined;
}

test("there are patterns", () => expect(patterns.length).toBeGreaterThan(10));

test.each([...new Set(patterns.map(({ pattern }) => pattern))])(
  "%s is made of what every regular expression knows",
  (pattern) => {
    expect(foreignPart(pattern)).toBeUndefined();
    // Without anchors one language searches and another one compares the whole.
    expect(pattern).toMatch(/^\^.*\$$/s);
  },
);

test.each([
  ["a class of Unicode", "^\\P{Cc}*$"],
  ["a class that differs", "^\\d+$"],
  ["a character by its number", "^\\u0041$"],
  ["a look ahead", "^(?!a)b$"],
  ["a group with a flag", "^(?i)a$"],
  ["a word's edge", "^a\\b$"],
  ["any character", "^.$"],
])("%s is found: %s", (_, pattern) => expect(foreignPart(pattern)).toBeDefined());

const field = (schema: z.ZodType, name: string) => (schema as z.ZodObject).shape[name] as z.ZodType;
const alarm = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:";

test.each<[string, z.ZodType, unknown, boolean]>([
  [
    "a content type in upper case",
    field(cloudEventSchema, "datacontenttype"),
    "Application/CloudEvents+JSON; charset=UTF-8",
    true,
  ],
  ["a content type after blanks", field(cloudEventSchema, "datacontenttype"), " application/json ", true],
  ["another content type", field(cloudEventSchema, "datacontenttype"), "application/xml", false],
  ["a header's value with a tab and letters of any script", headerValue, "a\tbé\u{1f600}", true],
  ["a header's value with a line break", headerValue, "a\nb", false],
  ["a header's value with the last control character of ASCII", headerValue, "a\u007f", false],
  ["a header's value with a control character beyond ASCII", headerValue, "a\u0085", false],
  ["a header's value with what follows those", headerValue, "a\u00a0", true],
  ["digits of another script", accountIdSchema, "\u0661\u0662", false],
  [
    "a secret's ARN",
    secretIdSchema,
    "arn:aws:secretsmanager:eu-central-1:111122223333:secret:crm/oauth_2-AbCdEf",
    true,
  ],
  ["a secret's name as long as one can be", secretIdSchema, "x".repeat(512), true],
  ["one that is longer", secretIdSchema, "x".repeat(513), false],
  ["a name with a colon", secretIdSchema, "crm:oauth", false],
  ["an ARN of something else", secretIdSchema, "arn:aws:s3:::x", false],
  [
    "an ARN of a secret without a name",
    secretIdSchema,
    "arn:aws:secretsmanager:eu-central-1:111122223333:secret:",
    false,
  ],
  ["a secret's name with letters of another script", secretIdSchema, "gehe\u00efm", false],
  ["an alarm's name of any script", healthSchema, { alarms: [`${alarm}Störung: CRM`] }, true],
  ["an alarm of the sovereign cloud", healthSchema, { alarms: [`${alarm.replace("aws", "aws-eusc")}crm`] }, true],
])("%s is the same to the code and to the written contract", async (_, schema, value, isRight) => {
  const { Ajv } = await import("ajv");
  const written = z.toJSONSchema(schema, { target: "draft-7", io: "input" });
  expect(schema.safeParse(value).success).toBe(isRight);
  expect(new Ajv({ strict: false, validateFormats: false }).compile(written)(value)).toBe(isRight);
});

test("a dollar sign that is a character is written as no end of a text: Python's fastjsonschema takes each for one", () => {
  expect(portablePattern("^[!#$%]\\$[a\\]$][b]$")).toBe("^[!#\\x24%]\\x24[a\\]\\x24][b]$");
  expect(patterns.filter(({ pattern }) => portablePattern(pattern) !== pattern)).toEqual([]);
});
