import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { peekEvent } from "../../../shared/contract/door/read-event.ts";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { parseProvisioningMessage, readProvisioningMessage } from "../../../shared/contract/provisioning-message.ts";
import { runs } from "../../support/runs.ts";

const service = {
  kind: "httpService",
  groupName: "CRM enrichment",
  serviceDescription: "Lookup customer by ANI",
  serviceType: "HTTP_POST",
  httpServiceConfig: { url: "https://crm.example.com/lookup" },
};

function message(resources: unknown[], more: object = {}, data: object = {}): Record<string, unknown> {
  return {
    specversion: "1.0",
    id: "1",
    source: "/crm",
    type: "ringcx.apply.v1",
    time: "2026-01-05T09:00:00Z",
    data: { accountId: "123456", resources, ...data },
    ...more,
  };
}

const parse = (body: string) => parseProvisioningMessage(readProvisioningMessage(body));

function problemsOf(body: unknown): readonly Problem[] {
  try {
    parse(typeof body === "string" ? body : JSON.stringify(body));
    return [];
  } catch (error) {
    if (error instanceof MessageRejectedError) return error.problems;
    throw error;
  }
}

test("the example of the source document is one message", () => {
  const text = readFileSync("examples/crm-enrichment.ndjson", "utf8")
    .replaceAll("${CRM_URL}", "https://crm.example.com")
    .replaceAll("${CRM_ALARM_ARN}", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:crm");
  const bodies = text.split("\n").filter((line) => line.startsWith("{"));
  expect(bodies).toHaveLength(1);
  const parsed = parse(bodies[0] ?? "");
  expect(parsed.data).toMatchObject({ accountId: "123456", dryRun: false });
});

test.each([
  { time: "2026-01-05t09:00:00z" },
  { time: "2026-01-05T09:00:00.123456+02:00" },
  { datacontenttype: "application/json; charset=utf-8" },
  { datacontenttype: "application/cloudevents+json" },
  { datacontenttype: "Application/JSON" },
])("an envelope that CloudEvents allows is taken: %j", (more) => {
  expect(problemsOf(message([service], more))).toEqual([]);
});

test.each([
  [{ time: "2026-01-05 09:00:00Z" }, "time"],
  [{ time: "2026-01-05T09:00:00" }, "time"],
  [{ time: "2026-13-05T09:00:00Z" }, "time"],
  [{ datacontenttype: "application/xml" }, "datacontenttype"],
])("one that it does not, or that is not JSON, is not: %j", (more, path) => {
  expect(problemsOf(message([service], more)).map((problem) => problem.path)).toEqual([path]);
});

test("every wrong field is reported at once, with what is expected", () => {
  const wrong = message([
    { ...service, serviceType: "HTTP_PUT" },
    {
      ...service,
      serviceDescription: "b",
      httpServiceConfig: {},
      isEnabled: "yes",
      httpServiceInputs: [{ nam: "ani" }],
    },
    { kind: "authConfig", providerName: "CRM OAuth", authType: "OAUTH2" },
    { kind: "queue" },
  ]);
  const add = expect.stringMatching(/^add it/);
  const correct = expect.stringMatching(/^correct it/);
  expect(problemsOf(wrong)).toEqual([
    {
      path: "data.resources[0].serviceType",
      message: "expected one of HTTP_POST, HTTP_GET, HTTP, SOAP",
      hint: correct,
    },
    { path: "data.resources[1].httpServiceInputs[0].name", message: "is missing: expected string", hint: add },
    { path: "data.resources[1].httpServiceInputs[0].nam", message: "is not a known field", hint: "did you mean name?" },
    { path: "data.resources[1].isEnabled", message: "expected boolean", hint: correct },
    { path: "data.resources[1].httpServiceConfig.url", message: "is missing: expected string", hint: add },
    {
      path: "data.resources[2].authType",
      message: 'expected one of "APIKEY"|"BASIC"|"OAUTH"|"JWT"|"CUSTOM_AUTH"',
      hint: correct,
    },
    { path: "data.resources[2].secretId", message: "is missing: expected string", hint: add },
    {
      path: "data.resources[3].kind",
      message: "expected one of httpServiceGroup, authConfig, httpService",
      hint: correct,
    },
  ]);
});

test.each([
  ["not JSON", "{oops", /not valid JSON/],
  ["JSON that is no event", "[1]", /not a CloudEvents 1.0 event/],
  ["null", "null", /not a CloudEvents 1.0 event/],
  ["an unknown type", JSON.stringify(message([service], { type: "ringcx.launch.v1" })), /type: expected one of/],
  ["a later version", JSON.stringify(message([service], { type: "ringcx.apply.v2" })), /type: expected one of/],
  ["a command", JSON.stringify(message([], { type: "ringcx.command.v1" })), /type: expected one of/],
  ["an inherited name as type", JSON.stringify(message([], { type: "constructor" })), /type: expected one of/],
  ["no resources", JSON.stringify(message([])), /at least one resource/],
  ["an account by name", JSON.stringify(message([service], {}, { accountId: "acme" })), /string of digits/],
])("%s is refused", (_what, body, why) => {
  expect(() => parse(body)).toThrow(why);
});

test("two resources with one natural key are distinguished from two with different ones", () => {
  expect(problemsOf(message([service, { ...service, groupName: "Other" }]))).toEqual([]);
  expect(problemsOf(message([service, { ...service, isDebug: true }]))).toMatchObject([
    { path: "data.resources[1]", message: "declares the same httpService as data.resources[0]" },
  ]);
});

test("a credential is refused wherever it stands, and its value is never repeated", () => {
  const hush = "hush-hush-1234";
  const url = "https://crm.example.com/x";
  const config = (httpServiceConfig: object) => ({ ...service, httpServiceConfig: { url, ...httpServiceConfig } });
  const auth = { kind: "authConfig", providerName: "A", authType: "OAUTH", secretId: "a" };
  for (const resource of [
    { ...auth, secret: hush },
    { ...auth, apiKey: hush },
    { ...auth, clientSecret: hush },
    { ...auth, secretId: `{"secret":"${hush}"}` },
    { ...service, httpPassword: hush },
    config({ headers: { Authorization: `Bearer ${hush}` } }),
    config({ headers: { "X-Api-Key": hush } }),
    config({ query_params: [{ access_token: hush }] }),
    config({ url: `https://user:${hush}@crm.example.com/x` }),
    config({ url: `${url}?api_key=${hush}` }),
    { ...service, validation: { headers: { Cookie: hush }, expect: {} } },
  ]) {
    const problems = problemsOf(message([resource]));
    expect(problems.length, JSON.stringify(resource)).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain(hush);
  }
  expect(problemsOf(message([{ ...auth, secret: hush }]))[0]).toMatchObject({
    path: "data.resources[0].secret",
    hint: expect.stringContaining("Secrets Manager"),
  });
});

test("a header cannot begin another one", () => {
  for (const headers of [
    { "X-A": "b\r\nX-Evil: 1" },
    { "X-A\r\nX-Evil": "b" },
    { "X-A:": "b" },
    { "x-a": "1", "X-A": "2" },
  ]) {
    const problems = problemsOf(
      message([{ ...service, httpServiceConfig: { url: "https://crm.example.com", headers } }]),
    );
    expect(problems).toHaveLength(1);
  }
});

test("too much of anything is refused in a sentence", () => {
  const many = Array.from({ length: 10_000 }, (_, index) => ({ name: `i${index}` }));
  expect(problemsOf(message([{ ...service, httpServiceInputs: many.slice(0, 2_000) }]))).toEqual([
    {
      path: "data.resources[0].httpServiceInputs",
      message: "expected at most 200 inputs",
      hint: expect.stringMatching(/^correct it/),
    },
  ]);
  expect(problemsOf(message([{ ...service, httpServiceInputs: many }]))).toMatchObject([
    { path: "", message: expect.stringMatching(/^the message has \d+ bytes, expected at most 131072$/) },
  ]);
  const wrong = Array.from({ length: 150 }, (_, index) => ({ ...service, serviceDescription: `${index}`, isDebug: 1 }));
  expect(problemsOf(message(wrong))).toHaveLength(51);
});

test("names may hold quotes, emoji and any script, but no control characters and no spaces around them", () => {
  for (const name of ["\"Lookup\" 'a'", "☎️ 📞", "بحث عن العميل", "客户查询", "a/b%c"]) {
    expect(problemsOf(message([{ ...service, serviceDescription: name }]))).toEqual([]);
  }
  for (const name of ["", " a", "a\n", "a\u0000b", "\ud800", "x".repeat(201), "电".repeat(160)]) {
    expect(problemsOf(message([{ ...service, serviceDescription: name }])).length).toBeGreaterThan(0);
  }
});

test("a validation that could never be carried out is refused", () => {
  const validated = (validation: object) => problemsOf(message([{ ...service, validation }]));
  expect(validated({ expect: {} })).toEqual([]);
  expect(validated({ body: {}, expect: {} })).toMatchObject([{ path: "data.resources[0].validation.body" }]);
  expect(validated({ method: "DELETE", expect: {} })).toHaveLength(1);
  for (const schema of [{ type: "objekt" }, { $ref: "https://example.com/x" }, { $async: true }]) {
    const path = `data.resources[0].validation.expect.schema.${Object.keys(schema)[0]}`;
    expect(validated({ expect: { schema } })).toMatchObject([{ path }]);
  }
});

test("SOAP services have their own fields, and only those", () => {
  const soap = { kind: "httpService", groupName: "g", serviceDescription: "s", serviceType: "SOAP" };
  expect(problemsOf(message([{ ...soap, soapEndpoint: "https://crm.example.com/soap", soapAction: "a" }]))).toEqual([]);
  expect(problemsOf(message([{ ...soap, httpServiceConfig: {} }])).map(({ path }) => path)).toEqual([
    "data.resources[0].soapEndpoint",
    "data.resources[0].httpServiceConfig",
  ]);
});

test("whatever comes is either read or refused with reasons, and can be named", () => {
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    fc.jsonValue().map((data) => JSON.stringify(message([], { data }))),
    fc.jsonValue().map((r) => JSON.stringify(message([r]))),
  );
  fc.assert(
    fc.property(anything, (body) => {
      expect(peekEvent(body)).toBeTypeOf("object");
      try {
        parse(body);
      } catch (error) {
        expect(error).toBeInstanceOf(MessageRejectedError);
        expect((error as MessageRejectedError).problems.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: runs(300) },
  );
});

test("a service that is watched by its probe says in the same message what to ask", () => {
  const watched = (validation?: object) =>
    problemsOf(message([{ ...service, health: { watch: "probe" }, ...(validation && { validation }) }]));
  const problem = [{ path: "data.resources[0].health.watch", hint: expect.stringMatching(/POST could create data/) }];
  expect(watched()).toMatchObject(problem);
  expect(watched({ method: "POST", expect: {} })).toMatchObject(problem);
  expect(watched({ expect: {} })).toEqual([]);
});
