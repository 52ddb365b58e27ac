import { beyondSchema } from "./beyond-schema.ts";

/** A part of a JSON Schema, as far as the page shows it. */
interface Schema {
  title?: string;
  description?: string;
  type?: string;
  const?: unknown;
  enum?: readonly unknown[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  oneOf?: readonly Schema[];
  anyOf?: readonly Schema[];
  additionalProperties?: Schema | boolean;
}

/** One field: where it is, what it may hold, whether it must be there. */
interface Field {
  path: string;
  what: string;
  isRequired: boolean;
  description: string;
}

const intro = `# Reference of the contract

Every field of every type, made from the definitions that the functions check by; the JSON Schemas and
the AsyncAPI document are beside this page. An event is one JSON object. Fields that are not named here are refused. Examples of
each type are in the folder \`examples\`; how one is sent in TypeScript, Python and by the AWS command line is in
\`docs/producers.md\`, what the types are for in \`docs/messages.md\`.
`;

const beyond = `## What a schema cannot say

A message that fits its schema is refused all the same for what JSON Schema has no words for. Formats are left out: a
time is told by its pattern, leap years included, and no validator needs a package for it. Python's \`re\` takes a line feed at the
end of a text for its end; the queue does not.

${beyondSchema.map((one) => `- ${one}`).join("\n")}
`;

/**
 * The contract as a page for people: a table of fields for each type. Pure.
 *
 * @param schemas the JSON Schema of each type, by its name
 */
export function referencePage(schemas: ReadonlyMap<string, object>): string {
  const sections = [...schemas].map(([type, schema]) => section(type, schema as Schema));
  return [intro, beyond, ...sections].join("\n");
}

function section(type: string, schema: Schema): string {
  const kinds: Kind[] = [];
  const fields = fieldsOf(schema, "", kinds);
  return [`## ${type}`, "", schema.description ?? "", "", ...tableOf(fields), ...kinds.flatMap(kindTable)].join("\n");
}

/** One of the kinds of object that a field may hold, with fields of its own. */
interface Kind {
  path: string;
  name: string;
  fields: readonly Field[];
  /** Paths of the kind before which this one has not. */
  lacks: readonly string[];
  /** Whether fields that are the kind's before as well are left out. */
  isContinued: boolean;
}

function kindTable({ path, name, fields, lacks, isContinued }: Kind): string[] {
  const but = lacks.length === 0 ? "" : `, but ${lacks.map((lack) => `\`${lack}\``).join(", ")}`;
  const more = isContinued ? ["", `And all that the one before has${but}.`] : [];
  return ["", `### ${path}: ${name}`, "", ...tableOf(fields), ...more];
}

function tableOf(fields: readonly Field[]): string[] {
  const rows = fields.map(
    ({ path, what, isRequired, description }) =>
      `| \`${path}\` | ${what}${isRequired ? ", required" : ""} | ${description} |`,
  );
  return ["| field | is | |", "| --- | --- | --- |", ...rows];
}

/** The fields of an object, each with those below it; kinds of object go into `kinds`. */
function fieldsOf({ properties = {}, required = [] }: Schema, path: string, kinds: Kind[]): Field[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const here = path === "" ? name : `${path}.${name}`;
    const own = {
      path: here,
      what: whatOf(field),
      isRequired: required.includes(name),
      description: cell(field.description ?? ""),
    };
    return isField(field) ? [own, ...below(field, here, kinds)] : [];
  });
}

function below(field: Schema, path: string, kinds: Kind[]): Field[] {
  if (field.items) return below(field.items, `${path}[]`, kinds);
  let before: Field[] = [];
  for (const variant of variantsOf(field)) {
    const all = fieldsOf(variant, "", kinds);
    const isContinued = before.some(({ path: one, what }) => one === "kind" && what === all[0]?.what);
    const known = new Set(isContinued ? before.map((one) => JSON.stringify(one)) : []);
    kinds.push({
      path,
      name: nameOf(variant),
      fields: all.filter((one) => !known.has(JSON.stringify(one))),
      lacks: isContinued
        ? before.flatMap(({ path: one }) => (one.includes(".") || all.some((each) => each.path === one) ? [] : [one]))
        : [],
      isContinued,
    });
    before = all;
  }
  return fieldsOf(field, path, kinds);
}

/** Objects of which it is one; kinds of kinds are laid out. */
function variantsOf({ oneOf = [], anyOf = [] }: Schema): Schema[] {
  return [...oneOf, ...anyOf].flatMap((one) => (one.type === "object" && one.properties ? [one] : variantsOf(one)));
}

/** What tells a variant from the others: `kind authConfig`. */
function nameOf({ properties = {} }: Schema): string {
  const told = Object.entries(properties).filter(
    ([name, { const: only, enum: some }]) =>
      only !== undefined || (some !== undefined && ["serviceType", "kind"].includes(name)),
  );
  return told.map(([name, { const: only, enum: some = [only] }]) => `${name} ${some.join(" or ")}`).join(", ");
}

/** Conditions repeat a field without its type. */
function isField(field: Schema): boolean {
  return ["type", "const", "enum", "oneOf", "anyOf", "pattern", "description"].some((keyword) => keyword in field);
}

function whatOf(field: Schema): string {
  const { type, const: only, enum: some, items, additionalProperties } = field;
  if (only !== undefined) return `\`${only}\``;
  if (some) return some.map((one) => `\`${one}\``).join(", ");
  if (items) return `list of ${plural(whatOf(items))}`;
  if (variantsOf(field).length > 0) return "object";
  const ways = [...(field.oneOf ?? []), ...(field.anyOf ?? [])].filter(isField).map(whatOf);
  if (type === undefined && ways.length > 0) return [...new Set(ways)].join(" or ");
  if (type === "object" && !field.properties && additionalProperties) return "object, by name";
  return (type && words[type]) ?? "any JSON";
}

const words: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  object: "object",
  array: "list",
  null: "null",
};

function plural(what: string): string {
  return /^(text|object|number|whole number)$/.test(what) ? `${what}s` : what;
}

/** A text as a cell of a table. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll("<", "&lt;");
}
