import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { commandSchema } from "../../../shared/contract/command.ts";
import { commandTimeProblems } from "../../../shared/contract/door/command-time.ts";
import { withPlainData } from "../../../shared/contract/door/event-data.ts";
import { parseEvent, peekEvent, readEvent } from "../../../shared/contract/door/read-event.ts";
import { deepestMessage } from "../../../shared/contract/door/read-json.ts";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import { provisioningSchemas } from "../../../shared/contract/provisioning-message.ts";
import { verifySchema } from "../../../shared/contract/verify.ts";
import { scanJson } from "../../../shared/primitives/json-scan.ts";
import { json, pieces, placesOf, replacedAt, spoilt, spoiltText } from "../../fuzz/spoilt-document.ts";
import { runs } from "../../support/runs.ts";

const schemas = { ...provisioningSchemas, "ringcx.command.v1": commandSchema, "ringcx.verify.v1": verifySchema };
const types = Object.keys(schemas);

/** What happened at the door: read, or refused with reasons. Anything else is thrown on. */
function atTheDoor(text: string): "read" | "refused" {
  expect(peekEvent(text)).toBeTypeOf("object");
  try {
    const received = readEvent(text, types);
    // What was read is the text's own value, and within bounds.
    expect(received.event).toEqual(withPlainData(JSON.parse(text)));
    expect(scanJson(JSON.stringify(received.event), { deepest: 0 })).toBeLessThanOrEqual(deepestMessage);
    const message = parseEvent<object>(received, schemas[received.type as keyof typeof schemas]);
    if (received.type === "ringcx.command.v1") commandTimeProblems(message as never, Date.now());
    return "read";
  } catch (error) {
    if (!(error instanceof MessageRejectedError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    expect(error.problems.length).toBeLessThanOrEqual(60);
    return "refused";
  }
}

const examples = readdirSync("examples")
  .filter((name) => name.endsWith(".ndjson"))
  .flatMap((name) => readFileSync(`examples/${name}`, "utf8").split("\n"))
  .filter((line) => line.startsWith("{"))
  .map((line) =>
    line
      .replaceAll("${CRM_URL}", "https://crm.example.com")
      .replaceAll("${CRM_ALARM_ARN}", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:crm"),
  );

/** The same event with its data in Base64; data that is a string is taken as the text itself. */
function inBase64(text: string): string {
  const { data, ...event } = JSON.parse(text);
  const encoded = Buffer.from(typeof data === "string" ? data : JSON.stringify(data)).toString("base64");
  return JSON.stringify({ ...event, datacontenttype: "application/json", data_base64: encoded });
}

test("every example passes", () => {
  expect(examples.length).toBeGreaterThan(15);
  for (const example of examples) {
    expect(atTheDoor(example), example).toBe("read");
    expect(atTheDoor(inBase64(example)), example).toBe("read");
  }
});

const example = fc.constantFrom(...examples);
test.each<[string, fc.Arbitrary<string>]>([
  ["texts", fc.string({ unit: "binary" })],
  ["JSON", json.map((value) => JSON.stringify(value) ?? "")],
  ["pieces of JSON", fc.array(fc.constantFrom(...pieces), { maxLength: 200 }).map((parts) => parts.join(""))],
  [
    "messages with another value somewhere",
    fc.tuple(example, fc.nat(), json).map(([text, at, value]) => {
      const message: unknown = JSON.parse(text);
      const places = placesOf(message);
      return JSON.stringify(replacedAt(message, places[at % places.length] ?? [], value)) ?? "";
    }),
  ],
  [
    "messages with another value somewhere, and data in Base64",
    fc.tuple(example, fc.nat(), json).map(([text, at, value]) => {
      const message = JSON.parse(text);
      const places = placesOf(message.data);
      return inBase64(
        JSON.stringify({ ...message, data: replacedAt(message.data, places[at % places.length] ?? [], value) }),
      );
    }),
  ],
  [
    "messages with something nested in Base64",
    fc
      .tuple(example, fc.constantFrom("[", '{"a":', "{"), fc.integer({ min: 1, max: 3_000 }), fc.nat())
      .map(([text, piece, times, at]) => {
        const message = JSON.parse(text);
        const data = JSON.stringify(message.data);
        const start = at % data.length;
        return inBase64(
          JSON.stringify({ ...message, data: data.slice(0, start) + piece.repeat(times) + data.slice(start) }),
        );
      }),
  ],
  ["messages with characters put in, taken out or repeated", spoiltText(example)],
  [
    "messages that are spoilt",
    spoilt(examples.map((text) => JSON.parse(text))).map((value) => JSON.stringify(value) ?? ""),
  ],
  [
    "messages with something nested or repeated in them",
    fc
      .tuple(
        example,
        fc.constantFrom("[", '{"a":', '[{"b":', "{", '"x",', "\\"),
        fc.integer({ min: 1, max: 30_000 }),
        fc.nat(),
      )
      .map(([text, piece, times, at]) => {
        const start = at % text.length;
        return text.slice(0, start) + piece.repeat(times) + text.slice(start);
      }),
  ],
])("%s are read or refused, and nothing else", (_what, texts) => {
  fc.assert(
    fc.property(texts, (text) => void atTheDoor(text)),
    { numRuns: runs(300) },
  );
});

test("takes time in proportion to the text", () => {
  const [apply = ""] = examples;
  for (const piece of [
    "[",
    '{"a":',
    '"',
    "\\",
    '"a":1,',
    '"a",',
    "1,",
    '"x=1&y":1,',
    "\u0000",
    "電",
    '{"kind":"__proto__"},',
  ]) {
    for (const text of [
      piece.repeat(1_000_000 / piece.length),
      apply.replace('"data"', `"x":[${piece.repeat(120_000 / piece.length)}0],"data"`),
    ]) {
      const start = performance.now();
      atTheDoor(text);
      expect(performance.now() - start, piece).toBeLessThan(4_000);
    }
  }
});
