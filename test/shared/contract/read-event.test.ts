import { describe, expect, test } from "vitest";
import { commandSchema } from "../../../shared/contract/command.ts";
import { parseEvent, peekEvent, readEvent } from "../../../shared/contract/door/read-event.ts";
import { deepestMessage, readJson } from "../../../shared/contract/door/read-json.ts";
import { provisioningSchemas } from "../../../shared/contract/provisioning-message.ts";
import { rejection } from "../../support/rejection.ts";

const types = Object.keys(provisioningSchemas);
const service = {
  kind: "httpService",
  groupName: "CRM enrichment",
  serviceDescription: "Lookup customer by ANI",
  serviceType: "HTTP_POST",
  httpServiceConfig: { url: "https://crm.example.com/lookup" },
};
const event = {
  specversion: "1.0",
  id: "1",
  source: "/crm",
  type: "ringcx.apply.v1",
  time: "2026-01-05T09:00:00Z",
  data: { accountId: "123456", resources: [service] },
};
const text = (more: object = {}) => JSON.stringify({ ...event, ...more });
const withService = (more: object) => text({ data: { ...event.data, resources: [{ ...service, ...more }] } });

const problemsOf = (body: string) => rejection(() => readEvent(body, types)).problems;
const nested = (levels: number, open: string, inner: string, close: string) =>
  `${open.repeat(levels)}${inner}${close.repeat(levels)}`;

test("the first half tells who sends what to which accounts, the second the message", () => {
  const received = readEvent(text(), types);
  expect(received).toMatchObject({ id: "1", source: "/crm", type: "ringcx.apply.v1", time: event.time });
  expect(received.accounts).toEqual([{ path: "data.accountId", accountId: "123456" }]);
  expect(parseEvent(received, provisioningSchemas["ringcx.apply.v1"])).toMatchObject({ data: { dryRun: false } });
});

test("a copy names the account that it reads from, too", () => {
  const data = { accountId: "2", from: { accountId: "1", groupName: "g" } };
  expect(readEvent(text({ type: "ringcx.copy.v1", data }), types).accounts).toEqual([
    { path: "data.accountId", accountId: "2" },
    { path: "data.from.accountId", accountId: "1" },
  ]);
  expect(problemsOf(text({ type: "ringcx.copy.v1", data: { ...data, from: { accountId: "acme" } } }))).toMatchObject([
    { path: "data.from.accountId" },
  ]);
});

test("a command has the same door", () => {
  const data = { command: "release", accountId: "1", groupName: "g", serviceDescription: "s", by: "ada", why: "over" };
  const command = text({ type: "ringcx.command.v1", data });
  const received = readEvent(command, ["ringcx.command.v1"]);
  expect(parseEvent(received, commandSchema).data).toEqual(data);
  expect(problemsOf(command)).toMatchObject([{ path: "type", hint: "a command goes to the command queue" }]);
  expect(rejection(() => readEvent(text(), ["ringcx.command.v1"])).problems).toMatchObject([
    { path: "type", message: "expected one of ringcx.command.v1", hint: "other messages go to the provisioning queue" },
  ]);
});

describe("refused before anything else is looked at", () => {
  test.each<[string, string, RegExp]>([
    ["no text", "", /not valid JSON/],
    ["not JSON", "{oops", /not valid JSON \(at position 1/],
    ["a byte order mark", `\ufeff${text()}`, /not valid JSON/],
    ["JSON that is no event", "[1]", /not a CloudEvents 1.0 event/],
    ["null", "null", /not a CloudEvents 1.0 event/],
    ["a text", '"specversion"', /not a CloudEvents 1.0 event/],
    ["an inherited specversion", '{"type":"ringcx.apply.v1"}', /not a CloudEvents 1.0 event/],
    ["an event of EventBridge", JSON.stringify({ "detail-type": "x", detail: event }), /CloudEvents.*\n.*\$\.detail/],
    [
      "a notification of SNS",
      JSON.stringify({ TopicArn: "x", Message: text() }),
      /CloudEvents.*\n.*raw message delivery/,
    ],
    ["no type", text({ type: undefined }), /^type: expected one of/],
    ["a type of another queue", text({ type: "ringcx.command.v1" }), /^type: expected one of/],
    ["an inherited name as type", text({ type: "constructor" }), /^type: expected one of/],
    ["a prototype as type", text({ type: "__proto__" }), /^type: expected one of/],
    ["a list as type", text({ type: ["ringcx.apply.v1"] }), /^type: expected one of/],
    ["no id", text({ id: undefined }), /^id: is missing/],
    ["an empty id", text({ id: "" }), /^id: expected a text that is not empty/],
    ["an id with a line break", text({ id: "a\nb" }), /^id: expected no control characters/],
    ["a source with a noncharacter", text({ source: "/crm\uffff" }), /^source: expected no control characters/],
    ["a source that fits no key", text({ source: "電".repeat(200) }), /^source: expected at most 450 bytes/],
    ["a source with half a pair", text({ source: "\ud800" }), /^source: holds half a surrogate pair/],
    ["a time that is none", text({ time: "yesterday" }), /^time: /],
    ["no data", text({ data: undefined }), /^data: is missing/],
    ["data that is a text", text({ data: "x" }), /^data: expected object/],
    ["an account by name", text({ data: { accountId: "acme" } }), /^data.accountId: expected a string of digits/],
    ["an inherited account", text({ data: {} }), /^data.accountId: is missing/],
    ["a doubled field", text().replace('"id":', '"id":"0","id":'), /^id: is there twice/],
    ["one doubled in disguise", text().replace('"id":', '"\\u0069d":"0","id":'), /^id: is there twice/],
    [
      "one doubled deep within",
      withService({ x: 1 }).replace('"x":', '"kind":"y","x":'),
      /^data.resources\[0\].kind: is there/,
    ],
    [
      "a prototype as a name",
      text().replace('"id":', '"__proto__":{"id":"2"},"id":'),
      /^__proto__: is a name that JavaScript/,
    ],
    ["one in disguise", text().replace('"id":', '"__\\u0070roto__":1,"id":'), /^__proto__: is a name that JavaScript/],
    [
      "a constructor as a name",
      withService({ constructor: { prototype: { a: 1 } } }),
      /\.constructor: is a name that JavaScript/,
    ],
    ["a field without a name", withService({ "": 1 }), /^data\.resources\[0\]\[""\]: has a field without a name/],
    ["a name that is too long", withService({ ["x".repeat(300)]: 1 }), /^data\.resources\[0\]: .*300 characters/],
    ["a number that is too large", withService({ x: 0 }).replace('"x":0', '"x":1e999'), /\.x: is a number that cannot/],
    ["a number that is too small", withService({ x: 1e-200 }), /\.x: is a number that cannot be stored/],
    [
      "a number that loses digits",
      withService({ x: 0 }).replace('"x":0', '"x":90071992547409931'),
      /\.x: .*lose digits/,
    ],
    ["half a pair in a value", withService({ x: "\udc00" }), /\.x: holds half a surrogate pair/],
    ["half a pair in a name", withService({ "\udc00": 1 }), /half a surrogate pair in its name/],
    ["too much", text({ x: "x".repeat(131_072) }), /^the message has \d+ bytes, expected at most 131072/],
    ["a megabyte", text({ x: "x".repeat(1_000_000) }), /^the message has \d+ bytes, expected at most 131072/],
    [
      "lists nested too deep",
      text({ x: 0 }).replace('"x":0', `"x":${nested(3_000, "[", "", "]")}`),
      /^the message is nested 3001 deep, expected at most 24/,
    ],
    [
      "objects nested too deep",
      text({ x: 0 }).replace('"x":0', `"x":${nested(3_000, '{"a":', "1", "}")}`),
      /nested 3001 deep/,
    ],
    ["brackets that never end", "[".repeat(131_000), /nested 131000 deep/],
  ])("%s", (_what, body, why) => {
    const { message, problems } = rejection(() => readEvent(body, types));
    expect(`${message}\n${problems[0]?.hint ?? ""}`).toMatch(why);
  });

  test("everything that is wrong is told at once, and at most twenty", () => {
    expect(problemsOf('{"a":1,"a":2,"b":{"__proto__":1e999}}').map(({ path }) => path)).toEqual([
      "a",
      "b.__proto__",
      "b.__proto__",
    ]);
    expect(problemsOf(text({ x: Array.from({ length: 500 }, () => 1e-200) }))).toHaveLength(20);
  });

  test("a name that may be a secret is not shown", () => {
    const key = "kq7xJ2mZp9wRt4vBkq7xJ2mZp9wRt4vB";
    const doubled = text({ x: { [key]: 1 } }).replace(`"${key}":1`, `"${key}":1,"${key}":2`);
    expect(problemsOf(doubled)[0]?.path).toBe("x.(a name that is not shown)");
    const named = text({ x: { "password=CANARY-4711": 1e-200 } });
    expect(problemsOf(named)[0]?.path).toBe("x.(a name that is not shown)");
  });
});

describe("the rest", () => {
  const refused = (body: string) =>
    rejection(() => parseEvent(readEvent(body, types), provisioningSchemas["ringcx.apply.v1"]));

  test.each(["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"])(
    "a resource of kind %s",
    (kind) => {
      const { problems } = refused(text({ data: { ...event.data, resources: [{ kind }, { kind }] } }));
      expect(problems).toMatchObject([
        { path: "data.resources[0].kind", message: "expected one of httpServiceGroup, authConfig, httpService" },
        { path: "data.resources[1].kind" },
      ]);
    },
  );

  test("a credential is told alone, by its place and never its value", () => {
    const secret = "hush-hush-1234";
    const body = withService({ isDebug: 1, httpServiceConfig: { url: "https://a.example.com", apiKey: secret } });
    const { problems, code } = refused(body);
    expect(code).toBe("CREDENTIAL_IN_MESSAGE");
    expect(problems).toEqual([
      {
        path: "data.resources[0].httpServiceConfig.apiKey",
        message: "carries a credential (its name says so), which a message never does; its value was not kept",
        hint: expect.stringContaining("Secrets Manager"),
      },
    ]);
    expect(JSON.stringify(refused(withService({ x: { [`Bearer ${secret}${secret}`]: 1 } })))).not.toContain(secret);
  });

  test.each<[string, string, string]>([
    ["of a field", text({ data: { ...event.data, "password=CANARY-4711": 1 } }), "data."],
    ["of an attribute", text({ "password=CANARY-4711": "x" }), ""],
    [
      "of a field that is passed on",
      withService({ httpServiceConfig: { url: "https://a.example.com", "password=CANARY-4711": "x" } }),
      "data.resources[0].httpServiceConfig.",
    ],
  ])("a credential in the name %s", (_what, body, parent) => {
    const { problems, code } = refused(body);
    expect(code).toBe("CREDENTIAL_IN_MESSAGE");
    expect(problems).toMatchObject([
      { path: `${parent}(a name that is not shown)`, message: expect.stringContaining("carries a credential") },
    ]);
    expect(JSON.stringify(problems)).not.toContain("CANARY");
  });

  test("every wrong field, and resources that are declared twice", () => {
    const { problems, code } = refused(
      text({ data: { ...event.data, resources: [service, { ...service, isDebug: 1 }] } }),
    );
    expect(code).toBe("MESSAGE_INVALID");
    expect(problems.map(({ path }) => path)).toEqual(["data.resources[1].isDebug", "data.resources[1]"]);
  });
});

describe("a credential where the answer is addressed by it", () => {
  const secret = "CANARY-4711";
  test.each<[string, string, string]>([
    ["source", text({ source: `https://u:${secret}@x/` }), "source"],
    ["id", text({ id: `Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${secret}` }), "id"],
    ["type", text({ type: `ringcx.apply.v1?password=${secret}` }), "type"],
    ["account", text({ data: { ...event.data, accountId: `password=${secret}` } }), "data.accountId"],
    [
      "other account",
      text({ data: { ...event.data, from: { accountId: `token: ${secret}` } } }),
      "data.from.accountId",
    ],
  ])("%s: it is refused as one, before the sender is checked, and not peeked at", (_what, body, path) => {
    const { code, problems } = rejection(() => readEvent(body, types));
    expect(code).toBe("CREDENTIAL_IN_MESSAGE");
    expect(problems).toMatchObject([{ path, message: expect.stringContaining("carries a credential") }]);
    expect(JSON.stringify([problems, peekEvent(body)])).not.toContain(secret);
  });

  test("nor is it told of a text that is no event", () => {
    expect(peekEvent(`{"id":"password=${secret}","source":"/crm","data":{"accountId":"token: ${secret}"`)).toEqual({
      source: "/crm",
    });
  });
});

test("what can be told of a text is told, also where it is no event", () => {
  const known = { source: "/crm", id: "1", type: "ringcx.apply.v1", accountId: "123456" };
  expect(peekEvent(text())).toEqual(known);
  expect(peekEvent(text({ x: "x".repeat(500_000) }))).toEqual(known);
  expect(peekEvent(text({ x: 0 }).replace('"x":0', `"x":${nested(5_000, "[", "", "]")}`))).toEqual(known);
  expect(peekEvent(text().slice(0, -3))).toEqual(known);
  expect(peekEvent('{"id":1,"source":"\\u0000","type":"t\\n","data":{"accountId":{"id":"x"}}}')).toEqual({});
  expect(peekEvent(`{"id":"${"x".repeat(300)}","data":[{"accountId":"1"}],"x":{"id":"2"}}`)).toEqual({});
  for (const body of ["", "null", "[", '"', '{"id":"a', '{"id":"\\uZZZZ"}'])
    expect(peekEvent(body)).toBeTypeOf("object");
});

test("the deepest message that is read leaves the table room for what is stored around it", () => {
  const body = nested(deepestMessage, '{"a":', '"x"', "}");
  expect(readJson(body)).toEqual(JSON.parse(body));
  const around = ["desired", "resources", 0, "manifest"];
  // DynamoDB takes 32 levels, the value within the innermost map or list among them.
  expect(around.length + deepestMessage + 1).toBeLessThanOrEqual(32);
});
