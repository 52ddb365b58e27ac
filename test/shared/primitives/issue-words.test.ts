import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as z from "zod";
import { parseField } from "../../../cli/commands/flags.ts";
import { checkedInput } from "../../../infra/checked-input.ts";
import { messageProblems } from "../../../shared/contract/message-problems.ts";
import { issueText } from "../../../shared/primitives/issue-words.ts";
import { readSettings } from "../../../shared/runtime/settings.ts";

/** For each code of an issue, and each of its kinds: a schema, and what it refuses. */
const refused: readonly [code: string, schema: z.ZodType, value: unknown][] = [
  ["invalid_type", z.number(), "a"],
  ["invalid_type", z.int(), 1.5],
  ["invalid_value", z.enum(["a", "b"]), "c"],
  ["invalid_value", z.literal("a"), "c"],
  ...[z.url(), z.email(), z.uuid(), z.iso.datetime(), z.iso.date(), z.ipv4(), z.base64(), z.jwt(), z.emoji()].map(
    (schema) => ["invalid_format", schema, "?"] as [string, z.ZodType, unknown],
  ),
  ["invalid_format", z.string().regex(/^a$/), "b"],
  ["invalid_format", z.string().startsWith("a"), "b"],
  ["too_small", z.string().min(1), ""],
  ["too_small", z.string().min(3), "a"],
  ["too_small", z.array(z.string()).min(2), []],
  ["too_small", z.number().min(3), 2],
  ["too_small", z.number().gt(3), 3],
  ["too_big", z.string().max(1), "ab"],
  ["too_big", z.array(z.string()).max(0), ["a"]],
  ["too_big", z.number().max(3), 4],
  ["too_big", z.number().lt(3), 3],
  ["not_multiple_of", z.number().multipleOf(5), 4],
  ["unrecognized_keys", z.strictObject({ a: z.string().optional() }), { b: 1 }],
  ["invalid_union", z.union([z.number(), z.boolean()]), "ab"],
  ["invalid_union", z.union([z.url(), z.email()]), "ab"],
  ["invalid_union", z.discriminatedUnion("k", [z.object({ k: z.literal("a") })]), { k: "b" }],
  ["invalid_key", z.record(z.string().max(1), z.string()), { ab: "a" }],
  ["invalid_element", z.map(z.date(), z.string().max(1)), new Map([[new Date(0), "ab"]])],
  ["custom", z.string().refine(() => false), "a"],
];

/** Sentences of the validator, wherever they stand in a text. */
const itsOwn = /\b(Invalid|Too big|Too small|Unrecognized)\b|[<>]=?\d|received /;

/** All ways by which an issue reaches a person. */
const doors: Readonly<Record<string, (schema: z.ZodType, value: unknown) => string>> = {
  issue: (schema, value) => (schema.safeParse(value).error?.issues ?? []).map(issueText).join("; "),
  flag: (schema, value) => told(() => parseField("--by", schema as z.ZodType<string>)(value as string)),
  message: (schema, value) => {
    const message = { data: value };
    const whole = z.object({ data: schema });
    const { error } = whole.safeParse(message);
    return error
      ? messageProblems(error, whole, message)
          .map(({ message, hint }) => `${message} (${hint})`)
          .join("; ")
      : "";
  },
  setting: (schema, value) => told(() => checkedInput(z.object({ a: schema }), { a: value }, { where: "props" })),
  variable: (schema, value) => told(() => readSettings(z.object({ A: schema }), { A: value as string })),
};

function told(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

const cases = Object.keys(doors).flatMap((door) =>
  refused.map(([code, schema, value], index) => [door, code, index, schema, value] as const),
);

test.each(cases)("%s: %s (%i) is told in our words", (door, _code, _index, schema, value) => {
  // A flag is a text, and refuses what is none before its schema is asked.
  if (door === "flag" && typeof value !== "string") return;
  const text = doors[door]?.(schema, value) ?? "";
  expect(text).not.toBe("");
  expect(text).not.toMatch(itsOwn);
});

test("the table has every code that there is", () => {
  for (const [code, schema, value] of refused) {
    expect(schema.safeParse(value).error?.issues.map((issue) => issue.code)).toContain(code);
  }
  const codes: Record<z.core.$ZodIssue["code"], true> = {
    invalid_type: true,
    invalid_value: true,
    invalid_format: true,
    too_small: true,
    too_big: true,
    not_multiple_of: true,
    unrecognized_keys: true,
    invalid_union: true,
    invalid_key: true,
    invalid_element: true,
    custom: true,
  };
  expect([...new Set(refused.map(([code]) => code))].toSorted()).toEqual(Object.keys(codes).toSorted());
});

test("nobody takes an issue's message past this place", () => {
  const sources = ["cli", "functions", "infra", "shared", "console", "package"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => `${folder}/${name}`),
  );
  const past = sources.filter(
    (file) =>
      file.endsWith(".ts") &&
      !file.endsWith("/issue-words.ts") &&
      /issue\.message|issues\.(flatM|m)ap\(\(\{[^}]*\bmessage\b/.test(readFileSync(file, "utf8")),
  );
  // It parses with our words, and reads those.
  expect(past).toEqual(["infra/checked-input.ts"]);
});
