import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Outcome,
  type OutcomeData,
  outcomeDataSchema,
  type ResourceOutcome,
} from "../../../shared/contract/outcome.ts";
import { publishable, publishableData } from "../../../shared/outcomes/publishable.ts";
import { longestOutcome } from "../../../shared/outcomes/shorten-outcome.ts";
import { runs } from "../../support/runs.ts";

const data: OutcomeData = {
  status: "PARTIAL",
  summary: "1 service created, 1 failed",
  accountId: "123456",
  cause: { source: "/crm", id: "42", type: "ringcx.apply.v1" },
};
const outcome = (more: Partial<OutcomeData> = {}): Outcome => ({
  specversion: "1.0",
  type: "ringcx.outcome.v1",
  source: "/ringcx-automation/test",
  id: "/crm/42",
  time: "2026-01-05T09:00:00.000Z",
  datacontenttype: "application/json",
  data: { ...data, ...more },
});
const resource = (more: Partial<ResourceOutcome> = {}): ResourceOutcome => ({
  kind: "httpService",
  name: "CRM enrichment/Lookup customer by ANI",
  result: "UPDATED",
  ids: { serviceId: 1 },
  changes: ["httpServiceConfig.url"],
  ...more,
});
const times = <Entry>(count: number, entry: (index: number) => Entry) =>
  Array.from({ length: count }, (_, i) => entry(i));
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const leftOut = (shorter: OutcomeData) => shorter.details?.leftOut;

/** Amazon SQS API Reference, "SendMessage". */
const publishableCharacters = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

/** Amazon DynamoDB Developer Guide, "Item sizes and formats". */
function itemBytes(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (typeof value === "number") return Math.ceil(String(value).replaceAll(/\D/g, "").length / 2) + (value < 0 ? 2 : 1);
  if (typeof value !== "object" || value === null) return 1;
  if (Array.isArray(value)) return value.reduce((sum, entry) => sum + 1 + itemBytes(entry), 3);
  return Object.entries(value).reduce((sum, [name, field]) => sum + 1 + Buffer.byteLength(name) + itemBytes(field), 3);
}

test("an outcome that can be published stays as it is", () => {
  const usual = outcome({
    resources: times(150, (index) => resource({ name: `CRM enrichment/Lookup ${index}`, result: "UNCHANGED" })),
    problems: [{ path: "data", message: "no", hint: "do" }],
    details: { versionId: "1", proof: "endpoint", list: [1, null, true] },
  });
  const { outcome: published, attributes } = publishable(usual);
  expect(published).toEqual(usual);
  expect(attributes).toEqual({
    type: { DataType: "String", StringValue: "ringcx.apply.v1" },
    status: { DataType: "String", StringValue: "PARTIAL" },
    source: { DataType: "String", StringValue: "/crm" },
    account: { DataType: "String", StringValue: "123456" },
  });
});

test("characters that cannot be published are replaced, in texts and names", () => {
  const { outcome: published, attributes } = publishable(
    outcome({
      cause: { source: "/crm\u0000\ud800", id: "\uffff", type: "" },
      summary: "a\u0001b",
      problems: [{ path: "data.\udc00", message: "\ufffe" }],
      details: { "x\u0002": ["\u0003"], "": 1e300, nan: Number.NaN },
    }),
  );
  expect(published.data.cause).toEqual({ source: "/crm\ufffd\ufffd", id: "\ufffd", type: "" });
  expect(published.data.summary).toBe("a\ufffdb");
  expect(published.data.problems).toEqual([{ path: "data.\ufffd", message: "\ufffd" }]);
  expect(published.data.details).toEqual({ "x\ufffd": ["\ufffd"], "(no name)": "1e+300", nan: null });
  expect(publishable({ ...outcome(), id: "a\u0001", source: "\udc00" }).outcome).toMatchObject({
    id: "a\ufffd",
    source: "\ufffd",
  });
  expect(Object.keys(attributes)).toEqual(["status", "source", "account"]);
  expect(attributes.source?.StringValue).toBe("/crm\ufffd\ufffd");
});

test("a path of 140 KB is cut, and everything else stays", () => {
  const path = `data.${"x".repeat(140_000)}`;
  const shorter = publishableData({
    ...data,
    problems: [{ path, message: "is not a known field" }],
    resources: [resource()],
  });
  expect(shorter.problems?.[0]?.path).toMatch(/^data\.x{960,990}… \(139\d\d\d more characters\)$/);
  expect(shorter.resources).toEqual([resource()]);
  expect(shorter.summary).toBe(
    "1 service created, 1 failed (Left out, because an outcome has at most 131072 bytes: 1 ends of long texts.)",
  );
  expect(leftOut(shorter)).toEqual({ "ends of long texts": 1 });
});

test("what says least goes first", () => {
  const long = "y".repeat(900);
  const unchanged = times(150, (index) => resource({ name: `u${index}`, result: "UNCHANGED", changes: [long] }));
  const updated = times(20, (index) => resource({ name: `c${index}` }));
  const warned = resource({ name: "w", result: "UNCHANGED", problems: [{ path: "data", message: "no" }] });
  const one = publishableData({ ...data, resources: [...unchanged, ...updated, warned] });
  expect(leftOut(one)).toEqual({ "unchanged resources": 150 });
  expect(one.resources).toEqual([...updated, warned]);

  const chatty = times(20, (index) => resource({ name: `c${index}`, changes: times(20, () => long) }));
  const two = publishableData({ ...data, resources: chatty, details: { a: 1 } });
  expect(leftOut(two)).toEqual({ changes: 300 });
  expect(two.details).toEqual({ a: 1, leftOut: { changes: 300 } });

  const failed = resource({ name: "failed", result: "FAILED", problems: [{ path: "data", message: "no" }] });
  const many = [...times(2_000, (index) => resource({ name: `c${index}` })), failed];
  const three = publishableData({ ...data, resources: many, details: { a: 1, b: 2 } });
  expect(three.resources?.at(-1)).toEqual(failed);
  expect(leftOut(three)).toEqual({ details: 2, resources: 2_001 - (three.resources?.length ?? 0) });
  expect(bytesOf(three)).toBeGreaterThan(longestOutcome * 0.9);

  const problems = times(1_000, (index) => ({ path: `data.resources[${index}]`, message: long, hint: long }));
  const four = publishableData({ ...data, problems });
  expect(four.problems).toHaveLength(50);
  expect(leftOut(four)).toEqual({ "ends of long texts": 2_000, problems: 950 });

  const refused = times(100, (index) =>
    resource({ name: `r${index}`, problems: times(20, () => ({ path: "data", message: long })) }),
  );
  expect(leftOut(publishableData({ ...data, resources: refused }))).toEqual({
    "problems of resources": 1_700,
    "ends of long texts": 300,
  });
});

test("names that no contract allows are cut before anything else goes", () => {
  const huge = "z".repeat(300_000);
  const { outcome: published, attributes } = publishable({
    ...outcome({ accountId: huge, cause: { source: huge, id: huge, type: huge }, resources: [resource()] }),
    id: huge,
    source: huge,
  });
  expect(bytesOf(published)).toBeLessThan(10_000);
  expect(published.data.resources).toEqual([resource()]);
  expect(attributes.source?.StringValue).toMatch(/^z{900,}.{0,60}$/);
  expect(attributes.source?.StringValue?.length).toBeLessThanOrEqual(1_000);
});

test("two things said that differ only at the end of a huge id stay two", () => {
  const idOf = (since: string) =>
    publishable(outcome({ cause: { source: "/crm", id: `outage/${"z".repeat(10_000)}/${since}`, type: "t" } })).outcome
      .data.cause.id;
  expect(idOf("1")).not.toBe(idOf("2"));
  expect(idOf("1")).toBe(idOf("1"));
  expect(idOf("1").length).toBeLessThanOrEqual(1_024);
});

test("details that nobody can store are made storable", () => {
  const deep = JSON.parse(`${'{"a":'.repeat(100)}1${"}".repeat(100)}`);
  const published = publishableData({ ...data, details: { deep, at: new Date(0), none: undefined } as never });
  expect(JSON.stringify(published.details)).toContain("(left out: nested too deep)");
  expect(published.details).toMatchObject({ at: "1970-01-01T00:00:00.000Z" });
  expect(Object.keys(published.details ?? {})).toEqual(["deep", "at"]);
});

test("what just fits stays as it is", () => {
  const { outcome: published } = publishable({ ...outcome(), id: "i".repeat(2_049), source: "電".repeat(1_024) });
  expect([published.id, published.source]).toEqual(["i".repeat(2_049), "電".repeat(1_024)]);
  const { accountId: _, ...withoutAccount } = data;
  expect(publishableData(withoutAccount)).toStrictEqual(withoutAccount);
});

test("of details that are nested too deep all that can be stored stays, of lists, too", () => {
  const nested = (levels: number, inner: string) =>
    JSON.parse(`${'[{"a":'.repeat(levels)}"${inner}"${"}]".repeat(levels)}`) as unknown;
  // The outcome's data and the details are two of the twenty levels.
  expect(publishableData({ ...data, details: { deep: nested(9, "x") } }).details).toEqual({ deep: nested(9, "x") });
  expect(publishableData({ ...data, details: { deep: nested(10, "x") } }).details).toEqual({
    deep: nested(9, "(left out: nested too deep)"),
  });
});

test.each([
  [0, 0],
  [1e-130, 1e-130],
  [-1e-130, -1e-130],
  [9.9e-131, "9.9e-131"],
  [9.9e125, 9.9e125],
  [1e126, "1e+126"],
  [-1e126, "-1e+126"],
])("the number %d is stored as %j", (number, stored) => {
  expect(publishableData({ ...data, details: { number } }).details).toEqual({ number: stored });
});

const unit = fc.constantFrom("\ud800", "\u0000", "電", "😀", "x", '"', "\\", "\uffff");
const ofLength = (longest: number) => fc.tuple(unit, fc.nat(longest)).map(([one, count]) => one.repeat(count));
const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), ofLength(150));
const longText = fc.oneof(text, ofLength(200_000));
const name = fc.string({ minLength: 1, maxLength: 256, unit: "binary" });
const problem = fc.record({ path: text, message: text, hint: text }, { requiredKeys: ["path", "message"] });
const result = fc.constantFrom<ResourceOutcome["result"][]>("CREATED", "UPDATED", "UNCHANGED", "FAILED", "SKIPPED");
const someResource = fc.record(
  {
    kind: fc.constantFrom<ResourceOutcome["kind"][]>("httpServiceGroup", "authConfig", "httpService"),
    name: text,
    result,
    ids: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }))),
    changes: fc.array(text, { size: "medium" }),
    problems: fc.array(problem),
  },
  { requiredKeys: ["kind", "name", "result"] },
);
const repeated = <Entry>(entry: fc.Arbitrary<Entry>) =>
  fc
    .tuple(fc.array(entry), fc.constantFrom(1, 1, 10, 60))
    .map(([entries, count]) => times(count, () => entries).flat());
const anyData = fc.record(
  {
    status: fc.constantFrom<OutcomeData["status"][]>("SUCCEEDED", "PARTIAL", "REJECTED", "FAILED"),
    summary: longText,
    accountId: fc.constant("123456"),
    cause: fc.record({ source: name, id: name, type: name }),
    resources: repeated(someResource),
    problems: fc.oneof(repeated(problem), fc.tuple(fc.record({ path: longText, message: longText }))),
    details: fc.dictionary(
      fc.string(),
      fc.oneof(
        fc.jsonValue(),
        longText,
        fc.nat(60_000).map((count) => times(count, (index) => index % 10)),
      ),
    ),
  },
  { requiredKeys: ["status", "summary", "cause"] },
) as fc.Arbitrary<OutcomeData>;

test("whatever happened can be stored and published, is still an outcome, and says what is missing", () => {
  fc.assert(
    fc.property(anyData, (what) => {
      const before = outcome(what);
      const { outcome: published, attributes } = publishable(before);
      const json = JSON.stringify(published);

      // SNS: 256 KB with the attributes, in the characters of XML. DynamoDB: 400 KB, with a message beside it.
      const attributeBytes = Object.entries(attributes).flatMap(([key, { StringValue }]) => [
        key,
        "String",
        StringValue,
      ]);
      expect(Buffer.byteLength(json + attributeBytes.join(""))).toBeLessThan(262_144);
      expect(itemBytes(published)).toBeLessThan(400 * 1024 - 1.5 * longestOutcome);
      expect(json).toMatch(publishableCharacters);
      for (const { StringValue } of Object.values(attributes)) expect(StringValue).not.toBe("");

      expect(outcomeDataSchema.safeParse(published.data).success).toBe(true);
      expect(published).toMatchObject({ id: before.id, source: before.source, time: before.time });
      expect([published.data.status, published.data.accountId]).toEqual([what.status, before.data.accountId]);
      if (publishableCharacters.test(Object.values(what.cause).join(""))) {
        expect(published.data.cause).toEqual(what.cause);
      }
      // Nothing goes without a word.
      const shorter = published.data;
      const isWhole =
        shorter.resources?.length === what.resources?.length && shorter.problems?.length === what.problems?.length;
      if (!isWhole)
        expect(shorter.summary).toMatch(/\(Left out, because .*\d+ (unchanged resources|resources|problems)/s);
      expect(publishable(published).outcome).toEqual(published);
    }),
    { numRuns: runs(60) },
  );
});
