import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { commandNames, commandSchema } from "../../../shared/contract/command.ts";
import { contractDocuments } from "../../../shared/contract/documents.ts";
import { outcomeSchema } from "../../../shared/contract/outcome.ts";
import { provisioningSchemas } from "../../../shared/contract/provisioning-message.ts";
import { verifySchema } from "../../../shared/contract/verify.ts";
import { createOutcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import { testClock } from "../../support/client-fakes.ts";

const documents = contractDocuments();
const document = (name: string) => JSON.parse(documents.get(name) ?? "null");
const schemas = { ...provisioningSchemas, "ringcx.command.v1": commandSchema, "ringcx.verify.v1": verifySchema };

const examples = readdirSync("examples")
  .filter((name) => name.endsWith(".ndjson"))
  .flatMap((name) =>
    readFileSync(`examples/${name}`, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => [name, JSON.parse(filled(line))] as const),
  );

function filled(line: string): string {
  return line
    .replaceAll("${CRM_URL}", "https://crm.example.com")
    .replaceAll("${CRM_ALARM_ARN}", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:crm");
}

test("the written contract is that of the code: `npm run contract` writes it anew", () => {
  expect(readdirSync("docs/contract").toSorted()).toEqual([...documents.keys()].toSorted());
  for (const [name, text] of documents) expect(readFileSync(`docs/contract/${name}`, "utf8"), name).toBe(text);
});

test("there is an example of every type that can be sent", () => {
  expect([...new Set(examples.map(([, { type }]) => type))].toSorted()).toEqual(Object.keys(schemas).toSorted());
});

test.each(examples)("an example of %s fits the schema of the code and the written one", (_name, event) => {
  const schema = schemas[event.type as keyof typeof schemas];
  expect(schema.safeParse(event)).toMatchObject({ success: true });
  const fits = new Ajv({ strict: false, validateFormats: false }).compile(document(`${event.type}.schema.json`));
  expect(fits(event), JSON.stringify(fits.errors)).toBe(true);
  expect(fits({ ...event, data: { ...event.data, acountId: "1" } })).toBe(false);
});

test.each(commandNames)("the command %s has an end, or none, in the written schema as in the code's", (command) => {
  const fits = new Ajv({ strict: false, validateFormats: false }).compile(document("ringcx.command.v1.schema.json"));
  const [, example] = examples.find(([, { type }]) => type === "ringcx.command.v1") ?? [];
  const { until: _until, ...data } = example.data;
  for (const end of [{}, { until: "2100-01-01T00:00:00Z" }, { until: "2100-01-01t00:00:00z" }, { until: "soon" }]) {
    const event = { ...example, data: { ...data, command, ...end } };
    expect(fits(event), JSON.stringify(end)).toBe(commandSchema.safeParse(event).success);
  }
});

test.each([
  ["as short as can be", "s", "i"],
  ["as long as a message may have them", "s".repeat(256), "i".repeat(256)],
  ["longer than they may be kept", "s".repeat(5_000), "\u{1f600}".repeat(5_000)],
])("an outcome whose cause's source and id are %s fits both schemas", async (_, source, id) => {
  const published: string[] = [];
  const outcomes = createOutcomes({
    table: new MemoryStateTable(),
    topics: { publish: async ({ message }) => void published.push(message) },
    topicArn: "arn",
    environment: "production",
    clock: testClock(0),
  });
  await outcomes.publish({ status: "REJECTED", summary: "x", cause: { source, id, type: "ringcx.apply.v1" } });
  const outcome = JSON.parse(published[0] ?? "null");
  expect(outcomeSchema.safeParse(outcome)).toMatchObject({ success: true });
  const fits = new Ajv({ strict: false, validateFormats: false }).compile(document("ringcx.outcome.v1.schema.json"));
  expect(fits(outcome), JSON.stringify(fits.errors)).toBe(true);
});

test("every reference of the AsyncAPI document leads somewhere", () => {
  const asyncApi = document("asyncapi.json");
  const references: string[] = [];
  JSON.stringify(asyncApi, (key, value) => {
    if (key === "$ref") references.push(value);
    return value;
  });
  expect(references.length).toBeGreaterThan(10);
  for (const reference of references) {
    if (reference.startsWith("./")) {
      expect(documents.has(reference.slice(2)), reference).toBe(true);
      continue;
    }
    const found = reference
      .slice(2)
      .split("/")
      .reduce((at, part) => at?.[part], asyncApi);
    expect(found, reference).toBeDefined();
  }
});

/** Paths of fields that no sentence explains, in a JSON Schema. A field that stands for others (`$ref`) has theirs. */
function undescribed(schema: unknown, path = ""): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    if (key !== "properties") return undescribed(value, path);
    return Object.entries(value as Record<string, Record<string, unknown>>).flatMap(([name, field]) => {
      const here = `${path}.${name}`;
      // Conditions (`anyOf` of required and enum) repeat a field without its type.
      const isField = ["type", "anyOf", "const", "oneOf", "pattern"].some((keyword) => keyword in field);
      return [...(isField && !field.description ? [here] : []), ...undescribed(field, here)];
    });
  });
}

test.each([
  "ringcx.apply.v1",
  "ringcx.copy.v1",
  "ringcx.retire.v1",
  "ringcx.command.v1",
  "ringcx.verify.v1",
  "ringcx.outcome.v1",
])("every field of %s has a description", (type) => {
  expect(undescribed(document(`${type}.schema.json`))).toEqual([]);
});
