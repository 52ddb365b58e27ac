import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import type * as z from "zod";
import { commandSchema } from "../../shared/contract/command.ts";
import { provisioningSchemas } from "../../shared/contract/provisioning-message.ts";
import { verifySchema } from "../../shared/contract/verify.ts";

// The written contract read in three languages: each must find what the code finds.

interface Event {
  type: string;
  data: Record<string, unknown>;
  [attribute: string]: unknown;
}

const codeSchemas: Readonly<Record<string, z.ZodType>> = {
  ...provisioningSchemas,
  "ringcx.command.v1": commandSchema,
  "ringcx.verify.v1": verifySchema,
};
const schemas = Object.fromEntries(
  Object.keys(codeSchemas).map((type) => [
    type,
    JSON.parse(readFileSync(`docs/contract/${type}.schema.json`, "utf8")) as object,
  ]),
);

const examples = readdirSync("examples")
  .filter((name) => name.endsWith(".ndjson"))
  .flatMap((name) => readFileSync(`examples/${name}`, "utf8").split("\n"))
  .filter((line) => line.startsWith("{"))
  .map((line) => line.replaceAll("${CRM_URL}", "https://crm.example.com"))
  .map((line) => line.replaceAll("${CRM_ALARM_ARN}", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:crm"))
  .map((line) => JSON.parse(line) as Event);

const urls = [
  ...["", "/a", "http", "ftp://a", "http:///a", "https://a b", "https://a.example#b", "https://a.example/\u3000"],
  ...["https://a.example/%zz", "https://u:p@a.example", "https://A.example", "https://a.example/\\", "https://a..b"],
  ...[
    "http://a_b.example:8080",
    "https://[2001:db8::1]/a?b",
    "https://a.example?q={{ani}}&r=%C3%A9",
    "https://a/é[x]<y>",
  ],
];

/** Each example, and as it fits in another spelling, and as it does not fit. */
const cases = examples.flatMap((event) =>
  [
    event,
    { ...event, datacontenttype: "Application/CloudEvents+JSON; charset=UTF-8" },
    { ...event, datacontenttype: "application/xml" },
    { ...event, time: "2026-01-05t09:00:00.5z" },
    { ...event, time: "2026-01-05 09:00:00Z" },
    { ...event, data: { ...event.data, accountId: "\u0661\u0662" } },
    { ...event, data: { ...event.data, acountId: "1" } },
    // What only patterns say: blanks around a name, control characters, days that there are, one spelling of a number.
    ...["x ", "\u00a0x", "\u3000", "x\ufeff", "x\ny", "\u0000x", "\u2028", "a \u2003 b", "\u{1f600}"].flatMap(
      (text) => [withName(event, text), { ...event, id: text }],
    ),
    ...["2026-02-30T09:00:00Z", "2024-02-29T09:00:00Z", "2026-02-29T09:00:00Z", "1900-02-29T09:00:00Z"].map((time) => ({
      ...event,
      time,
    })),
    ...["2026-01-05T24:00:00Z", "2026-01-05T09:00:60Z", "2026-01-05T09:00:00+24:00"].map((time) => ({
      ...event,
      time,
    })),
    { ...event, data: { ...event.data, accountId: "0123456" } },
    { ...event, data: { ...event.data, accountId: "123456789012345678901" } },
    withHeader(event, "caf\u00e9\t\u00a0"),
    withHeader(event, "a\u0085b"),
    withHeader(event, "a\nb"),
    ...urls.map((url) => withUrl(event, url)),
    ...["x".repeat(512), "x".repeat(513), "arn:aws:s3:::x", "crm:oauth"].map((id) => withSecret(event, id)),
  ].map((changed) => ({ schema: event.type, event: changed })),
);

/** The event with another name for every group and auth config in it. */
function withName(event: Event, name: string): Event {
  return JSON.parse(JSON.stringify(event), (key, value) =>
    ["groupName", "providerName"].includes(key) ? name : value,
  );
}

/** The event with another value for every header in it. */
function withHeader(event: Event, value: string): Event {
  return JSON.parse(JSON.stringify(event), (key, at) =>
    key === "headers" ? Object.fromEntries(Object.keys(at).map((name) => [name, value])) : at,
  );
}

/** The event with another secret for every one in it. */
function withSecret(event: Event, secretId: string): Event {
  return JSON.parse(JSON.stringify(event), (key, at) => (key === "secretId" ? secretId : at));
}

/** The event with another URL for every one in it. */
function withUrl(event: Event, url: string): Event {
  return JSON.parse(JSON.stringify(event), (key, at) =>
    key === "url" || key === "soapEndpoint" || (key === "from" && typeof at === "string" && at.startsWith("http"))
      ? url
      : at,
  );
}

const expected = cases.map(({ schema, event }) => codeSchemas[schema]?.safeParse(event).success);
const input = JSON.stringify({ schemas, cases });

/** What a program that reads the cases from its input says of each. */
function answersOf(command: string, args: readonly string[], cwd?: string): unknown {
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, cwd, encoding: "utf8", maxBuffer: 1e8 });
  expect({ status, error, stderr }).toMatchObject({ status: 0, error: undefined });
  return JSON.parse(stdout);
}

describe("the written contract says of every message what the code says", () => {
  test("there are messages of both kinds", () => {
    expect(examples.length).toBeGreaterThan(10);
    expect(expected).toContain(false);
    expect(expected.filter((fits) => fits === true).length).toBeGreaterThan(examples.length);
  });

  test("to JavaScript's Ajv", () => {
    const ajv = new Ajv({ logger: false });
    expect(cases.map(({ schema, event }) => ajv.validate(schemas[schema] ?? {}, event))).toEqual(expected);
  });

  test("to Python's jsonschema", () => {
    const script = fileURLToPath(new URL("validators/validate.py", import.meta.url));
    expect(answersOf(join(process.env.DEPLOY_TEST_TOOLS ?? "", "python"), [script])).toEqual(expected);
  });

  const folder = fileURLToPath(new URL("validators", import.meta.url));
  const missing = whyGoIsMissing(folder);
  if (missing !== undefined) console.warn(`SKIPPED: the contract was not read in Go. ${missing}`);
  test.skipIf(missing !== undefined)("to Go's jsonschema, whose regular expressions are RE2's", () => {
    expect(answersOf("go", ["run", "."], folder)).toEqual(expected);
  });
});

function whyGoIsMissing(cwd: string): string | undefined {
  const { status, stderr, error } = spawnSync("go", ["mod", "download"], { cwd, encoding: "utf8" });
  if (error) return "There is no Go on this machine.";
  return status === 0 ? undefined : `Its module could not be fetched: ${stderr.trim().split("\n").at(-1)}`;
}
