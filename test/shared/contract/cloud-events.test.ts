import fc from "fast-check";
import { expect, test } from "vitest";
import { peekEvent } from "../../../shared/contract/door/read-event.ts";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { parseProvisioningMessage, readProvisioningMessage } from "../../../shared/contract/provisioning-message.ts";
import { runs } from "../../support/runs.ts";

const data = {
  accountId: "123456",
  resources: [{ kind: "httpServiceGroup", groupName: "CRM enrichment" }],
};
const envelope = {
  specversion: "1.0",
  id: "1",
  source: "/crm",
  type: "ringcx.apply.v1",
  time: "2026-01-05T09:00:00Z",
};
const base64 = (text: string) => Buffer.from(text).toString("base64");
const json = { datacontenttype: "application/json" };

const parse = (event: unknown) => parseProvisioningMessage(readProvisioningMessage(JSON.stringify(event)));

function problemsOf(event: unknown): readonly Problem[] {
  try {
    parse(event);
    return [];
  } catch (error) {
    if (error instanceof MessageRejectedError) return error.problems;
    throw error;
  }
}

/** Examples of its JSON Event Format 1.0.2, 3.2 and 4.3, and of the specification itself, with our type and data. */
const extensions = { comexampleextension1: "value", comexampleothervalue: 5 };
const theirs = {
  ...envelope,
  source: "/mycontext",
  id: "C234-1234-1234",
  time: "2018-04-05T17:31:00Z",
  ...extensions,
};

test.each<[string, object]>([
  ["an object as data", { ...theirs, subject: null, ...json, data }],
  ["no type of data", { ...theirs, subject: null, data }],
  ["an extension that is not set", { ...theirs, unsetextension: null, data }],
  ["a subject", { ...theirs, source: "https://github.com/cloudevents/spec/pull", subject: "123", data }],
  ["JSON in Base64", { ...theirs, ...json, data_base64: base64(JSON.stringify(data)) }],
  ["Base64 that is not set", { ...theirs, data, data_base64: null }],
  ["no attribute that may be missing", { ...envelope, subject: null, datacontenttype: null, dataschema: null, data }],
  ...[
    "https://github.com/cloudevents",
    "mailto:cncf-wg-serverless@lists.cncf.io",
    "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
    "cloudevents/spec/pull/123",
    "/sensors/tn-1234567/alerts",
    "1-555-123-4567",
  ].map((source): [string, object] => [`the source ${source}`, { ...envelope, source, data }]),
])("an example of CloudEvents is taken: %s", (_what, event) => {
  expect(problemsOf(event)).toEqual([]);
});

test.each<[string, unknown, Problem]>([
  [
    "binary data of another type",
    { ...theirs, datacontenttype: "application/vnd.apache.thrift.binary", data_base64: base64("\u0000") },
    { path: "", message: "the text in data_base64 is not valid JSON", hint: "expected data as JSON" },
  ],
  [
    "XML as a string",
    { ...theirs, datacontenttype: "application/xml", data: '<much wow="xml"/>' },
    {
      path: "datacontenttype",
      message: "expected application/json or another type of JSON",
      hint: expect.stringMatching(/^correct it/),
    },
  ],
  [
    "a number as data",
    { ...theirs, ...json, data: 1.5 },
    { path: "data", message: "expected object", hint: "correct it to an object in { }" },
  ],
  [
    "a string as data",
    { ...theirs, data: JSON.stringify(data) },
    {
      path: "data",
      message: "expected object",
      hint: "it is a string: send the object itself, not its JSON as text",
    },
  ],
  [
    "Base64 without a type, although it is JSON",
    { ...envelope, data_base64: base64(JSON.stringify(data)) },
    {
      path: "data_base64",
      message: "is of no known type without datacontenttype",
      hint: "set datacontenttype to application/json, or send the object itself as data",
    },
  ],
  [
    "data twice",
    { ...envelope, ...json, data, data_base64: base64(JSON.stringify(data)) },
    { path: "data_base64", message: "is there beside data", hint: "keep the one that is meant" },
  ],
  ...["... base64 encoded string ...", "YQ", "/w==", 1, {}].map((value): [string, unknown, Problem] => [
    `Base64 that is none, or no text: ${JSON.stringify(value)}`,
    { ...envelope, ...json, data_base64: value },
    {
      path: "data_base64",
      message: "expected JSON in UTF-8, as Base64 (RFC 4648)",
      hint: "or send the object as data",
    },
  ]),
  [
    "a batch",
    [
      { ...theirs, data },
      { ...theirs, id: "2", data },
    ],
    {
      path: "",
      message: "the message is not a CloudEvents 1.0 event in structured JSON",
      hint: "it is a list, as a batch of CloudEvents is: send each event as a message of its own",
    },
  ],
  [
    "an empty batch",
    [],
    {
      path: "",
      message: "the message is not a CloudEvents 1.0 event in structured JSON",
      hint: "it is a list, as a batch of CloudEvents is: send each event as a message of its own",
    },
  ],
])("what we cannot read of CloudEvents is refused with what to do: %s", (_what, event, problem) => {
  expect(problemsOf(event)).toContainEqual(problem);
});

test("what is in Base64 is bounded as the message that it is part of", () => {
  const nested = (levels: number) => `{"accountId":"1","x":${"[".repeat(levels)}${"]".repeat(levels)}}`;
  const withText = (text: string) => ({ ...envelope, ...json, data_base64: base64(text) });
  const messages = (text: string) => problemsOf(withText(text)).map(({ path, message }) => `${path}: ${message}`);
  expect(messages(nested(22)).join()).not.toContain("nested");
  expect(messages(nested(23))).toEqual([": the message is nested 25 deep, expected at most 24"]);
  expect(messages('{"accountId":"1","accountId":"2"}')).toEqual(["data.accountId: is there twice in one object"]);
  expect(messages('{"__proto__":1}')).toEqual(["data.__proto__: is a name that JavaScript keeps for itself"]);
  expect(messages('{"x":1e999}')).toEqual([expect.stringMatching(/^data\.x: is a number that cannot be stored/)]);
  expect(messages("\ufeff{}")).toEqual([expect.stringContaining("not valid JSON")]);
});

test("a credential in Base64 is found before the sender is checked and afterwards, and is not repeated", () => {
  const secret = "CANARY-4711";
  const refused = (inner: object) => {
    const event = { ...envelope, ...json, data_base64: base64(JSON.stringify(inner)) };
    try {
      parse(event);
    } catch (error) {
      if (error instanceof MessageRejectedError) {
        expect(JSON.stringify([error.problems, peekEvent(JSON.stringify(event))])).not.toContain(secret);
        return [error.code, error.problems.map(({ path }) => path)];
      }
    }
    return undefined;
  };
  expect(refused({ ...data, accountId: `password=${secret}` })).toEqual(["CREDENTIAL_IN_MESSAGE", ["data.accountId"]]);
  expect(refused({ ...data, password: secret })).toEqual(["CREDENTIAL_IN_MESSAGE", ["data.password"]]);
});

test("what can be told of an event with Base64 is told, and of a batch nothing", () => {
  const { id, source, type } = envelope;
  const event = { ...envelope, data_base64: base64(JSON.stringify(data)) };
  expect(peekEvent(JSON.stringify(event))).toEqual({ id, source, type, accountId: "123456" });
  expect(peekEvent(JSON.stringify([event]))).toEqual({});
});

const word = fc.constantFrom("crm", "Zürich", "a b", "x-1", "%20", "電話", "🎉", "1");
const words = (separator: string) => fc.array(word, { minLength: 1, maxLength: 4 }).map((all) => all.join(separator));
const two = (from: number, to: number) => fc.integer({ min: from, max: to }).map((one) => String(one).padStart(2, "0"));
const time = fc
  .tuple(
    fc.constantFrom("2020-02-29", "2025-12-31", "1999-01-01"),
    fc.constantFrom("T", "t"),
    fc.tuple(two(0, 23), two(0, 59), two(0, 59)).map((parts) => parts.join(":")),
    fc.constantFrom("", ".1", ".123456789"),
    fc.oneof(fc.constantFrom("Z", "z"), fc.tuple(fc.constantFrom("+", "-"), two(0, 23), two(0, 59))),
  )
  .map(([day, t, clock, part, offset]) => {
    const zone = typeof offset === "string" ? offset : `${offset[0]}${offset[1]}:${offset[2]}`;
    return `${day}${t}${clock}${part}${zone}`;
  });
const datacontenttype = fc
  .tuple(
    fc.constantFrom("application", "text", "APPLICATION", "x-own"),
    fc.constantFrom("json", "JSON", "cloudevents+json", "vnd.crm.v1+json", "a+b+Json"),
    fc.constantFrom("", ";charset=utf-8", " ; charset=UTF-8", '; profile="a;b"'),
  )
  .map(([type, subtype, parameter]) => `${type}/${subtype}${parameter}`);
const extension = fc.oneof(
  words(" "),
  fc.boolean(),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.constant(null),
);
const event = fc
  .tuple(
    fc.record(
      {
        id: words("-"),
        source: words("/").map((path) => `/${path}`),
        time,
        subject: fc.option(words("/")),
        dataschema: fc.option(fc.constantFrom("https://example.com/s.json", "urn:example:s")),
        orderid: extension,
        "0traceparent": extension,
      },
      { requiredKeys: ["id", "source", "time"] },
    ),
    fc.option(datacontenttype),
    fc.boolean(),
    fc.nat(),
  )
  .map(([attributes, type, isBinary, turn]) => {
    const content = isBinary
      ? { datacontenttype: type ?? "application/json", data_base64: base64(JSON.stringify(data)) }
      : { ...(type !== null && { datacontenttype: type }), data };
    const members = Object.entries({ ...attributes, specversion: "1.0", type: envelope.type, ...content });
    const start = turn % members.length;
    return Object.fromEntries([...members.slice(start), ...members.slice(0, start)]);
  });

test("every event that the grammar of CloudEvents allows, with data of ours as JSON, is taken as it is", () => {
  fc.assert(
    fc.property(event, (sent) => {
      expect(problemsOf(sent)).toEqual([]);
      const { id, source, time: sentAt } = sent;
      expect(parse(sent)).toMatchObject({ id, source, time: sentAt, data });
      expect(peekEvent(JSON.stringify(sent))).toMatchObject({ id, source, accountId: data.accountId });
    }),
    { numRuns: runs(300) },
  );
});
