import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { beyondSchema } from "../../../shared/contract/beyond-schema.ts";
import { checkEvent } from "../../../shared/contract/door/check-event.ts";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import { hostileKeys, placesOf, replacedAt, spoilt } from "../../fuzz/spoilt-document.ts";
import { runs } from "../../support/runs.ts";
import { examples, takes } from "./written-contract.ts";

const now = Date.parse("2026-01-05T12:00:00Z");

/** What the queue says of an event, each problem with its path; nothing where it takes it. */
function refusals(event: object): string[] {
  try {
    checkEvent(JSON.stringify(event), now);
    return [];
  } catch (error) {
    if (!(error instanceof MessageRejectedError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

const event = (type: string, data: object, more: object = {}) => ({
  ...{ specversion: "1.0", type, id: "1", source: "/test", time: "2026-01-05T09:00:00Z", ...more },
  data: { accountId: "1", ...data },
});
const apply = (...resources: object[]) => event("ringcx.apply.v1", { resources });
const copy = (to: object, overrides: object = {}, from: object = {}) =>
  event("ringcx.copy.v1", { from: { groupName: "A", ...from }, to, overrides });
const group = { kind: "httpServiceGroup", groupName: "A" };
const url = "https://api.example.com";
const service = (config: object, more: object = {}) =>
  apply({
    ...{ kind: "httpService", groupName: "A", serviceDescription: "B", serviceType: "HTTP_GET" },
    httpServiceConfig: { url, ...config },
    ...more,
  });
const soap = (soapEndpoint: string) =>
  apply({ kind: "httpService", groupName: "A", serviceDescription: "B", serviceType: "SOAP", soapEndpoint });
const probed = (validation: object) => service({}, { validation: { expect: { status: 200 }, ...validation } });
const command = (until: string) =>
  event("ringcx.command.v1", {
    ...{ command: "keep-inactive", by: "a", why: "b", groupName: "A", serviceDescription: "B", until },
  });
const named = (name: string) => JSON.parse(`{${JSON.stringify(name)}: "1"}`) as object;
const nested = (depth: number): object => (depth === 0 ? {} : { a: nested(depth - 1) });

/** For each sentence of the page: what the queue says where it is about that, and events of the kind. */
const beyond: readonly { says: RegExp; events: readonly object[] }[] = [
  {
    says: /expected at most \d+( bytes|$)|nested \d+ deep|expected a URL of at most/,
    events: [
      apply({ ...group, groupName: "電".repeat(160) }),
      event("ringcx.apply.v1", { resources: [group] }, { id: "電".repeat(160) }),
      service({ more: Array.from({ length: 200 }, () => "a b ".repeat(250)) }),
      service({ url: `${url}/${"é".repeat(1_000)}` }),
      probed({ method: "POST", body: nested(30) }),
    ],
  },
  {
    says: /half a surrogate pair|(^|\.)(id|source): expected no control characters/,
    events: [
      apply({ ...group, groupName: "a\ud800" }),
      event("ringcx.apply.v1", { resources: [group] }, { source: "a\ufffe" }),
    ],
  },
  {
    says: /JavaScript keeps for itself|without a name|with a name of|lose digits|cannot be stored/,
    events: [
      ...["__proto__", "constructor", "prototype"].map((name) => service({ headers: named(name) })),
      ...["", "a".repeat(257)].map((name) => service({ more: named(name) })),
      ...[2 ** 60, 1e126, 1e-200].map((more) => service({ more })),
    ],
  },
  {
    says: /there twice|declares the same|is the name of|is the same header as|in another spelling/,
    events: [
      apply(group, group),
      service({ headers: { "X-A": "1", "x-a": "2" } }),
      service({ URL: "https://evil.example.com" }),
      service({}, { httpServiceInputs: [{ name: "ani" }, { name: "ani", rank: "1" }] }),
    ],
  },
  {
    says: /canonical form|not a DNS name|invisible character|\. or \.\. as a segment|begins with https|\(the parameter "\w+" in it|dataschema/,
    events: [
      ...[
        "https://a.example:443",
        "https://1.2",
        "https://1.2.3.256",
        `https://${"a.".repeat(150)}a`,
        "https://[:::1]",
      ],
      ...[`${url}/a\u200bb`, `${url}/a/../b`, `${url}/%2e/b`, `${url}?password=hunter2hunter2`],
    ]
      .map((one): object => service({ url: one }))
      .concat(event("ringcx.apply.v1", { resources: [group] }, { dataschema: "no url" })),
  },
  {
    says: /carries a credential|says where the request goes|belongs to the connection|leave it|makes another method|asks for/,
    events: [
      service({ headers: { Authorization: "Bearer abc" } }),
      service({ headers: { Host: "a" } }),
      copy({ groupName: "C" }, { headers: { "X-Forwarded-Host": "a" } }),
      ...["Connection", "Accept-Encoding", "X-HTTP-Method", "Metadata"].map((name) => probed({ headers: named(name) })),
    ],
  },
  {
    says: /has no body|in UTF-8|which no header can carry|are the same|names one service|no request to ask with|expect\.schema|data_base64/,
    events: [
      probed({ body: {} }),
      probed({ method: "HEAD", expect: { contains: "a" } }),
      probed({ method: "POST", body: "a", headers: { "Content-Type": "text/plain; charset=utf-16" } }),
      probed({ credential: { in: "HEADER", name: "X-A", prefix: "電" } }),
      copy({}),
      copy({ groupName: "C", serviceDescription: "D" }),
      service({}, { health: { watch: "probe" } }),
      probed({ expect: { schema: { pattern: "a" } } }),
      { ...apply(group), data_base64: "e30=" },
    ],
  },
  {
    says: /minutes ahead|days ahead|is over/,
    events: [
      event("ringcx.apply.v1", { resources: [group] }, { time: "2026-01-05T13:00:00Z" }),
      ...["2026-01-05T11:00:00Z", "2099-01-05T11:00:00Z"].map(command),
    ],
  },
];

describe.each(beyondSchema.map((sentence, index) => ({ sentence, ...beyond[index] })))(
  "the page says: $sentence",
  ({ sentence, says = /(?!)/, events = [] }) => {
    test("so it is", () => {
      expect(readFileSync("docs/contract/reference.md", "utf8")).toContain(sentence);
      expect(events.length).toBeGreaterThan(0);
      for (const one of events) {
        expect(takes(one), JSON.stringify(one).slice(0, 500)).toBe(true);
        expect(refusals(one).join("\n"), JSON.stringify(one).slice(0, 500)).toMatch(says);
      }
    });
  },
);

/** Expects that a sentence of the page tells of every problem of an event that the written schema takes. */
function expectListed(one: object): void {
  if (!takes(one)) return;
  const unlisted = refusals(one).filter((problem) => !beyond.some(({ says }) => says.test(problem)));
  expect(unlisted, JSON.stringify(one)).toEqual([]);
}

test.each([
  ...[
    "",
    "/a",
    "http",
    "http:",
    "http://",
    "http:///a",
    "https:a",
    "ftp://a",
    "HTTPS://a.example",
    "https://A.example",
  ],
  ...[" https://a.example", "https://a.example ", "https://a.example/b c", "https://a.example/\u3000", "https://a\n"],
  ...["https://a.example#b", "https://a.example/b#c", "https://a.example\\b", "https://a.example/b\\c", "https://a b"],
  ...["https://u:p@a.example", "https://{{host}}", "https://a..b", "https://a.example:x", "https://a.example:123456"],
  ...["https://a.example/%", "https://a.example/%zz", "https://a.example/%0a", "https://a.example/%7F", "https://-a"],
])("the written schema itself says that %j is no URL, wherever one stands", (one) => {
  const places = [
    ...[service({ url: one }), probed({ url: one }), soap(one)],
    ...[
      copy({ groupName: "C" }, { urls: [{ from: one, to: url }] }),
      copy({ groupName: "C" }, { urls: [{ from: url, to: one }] }),
    ],
  ];
  expect(places.map(takes)).toEqual(places.map(() => false));
  expect(places.map((place) => refusals(place).length > 0)).toEqual(places.map(() => true));
});

const urlPart = fc.oneof(
  fc.constantFrom(..."htps:/@?#%[]{}&=.-_a1\\ \t\n\u00a0\u200b\u00e9\u{1f600}"),
  fc.constantFrom(
    "https://",
    "http://",
    "api.example.com",
    "%2e",
    "..",
    ":443",
    ":0",
    "xn--",
    "1.2.3.4",
    "[::1]",
    "%00",
  ),
);
const urls = fc
  .tuple(fc.constantFrom("", url, "https://", "http://a", `${url}/`, `${url}?`), fc.array(urlPart, { maxLength: 6 }))
  .map(([start, parts]) => start + parts.join(""));
const headers = fc.dictionary(
  fc.oneof(fc.constantFrom(...hostileKeys, "Host", "X-A", "x-a", "Accept-Encoding"), fc.string({ maxLength: 4 })),
  fc.oneof(fc.string({ unit: "binary", maxLength: 4 }), fc.constantFrom("a", "電")),
  { maxKeys: 3 },
);
const places = fc.record(
  { groupName: fc.constantFrom("A", "a", "C"), serviceDescription: fc.constantFrom("B", "D") },
  { requiredKeys: [] },
);

describe("nothing else is refused that the written schema takes", () => {
  test.each<[string, fc.Arbitrary<object>]>([
    ["a service's URL", urls.map((one) => service({ url: one }))],
    ["a SOAP endpoint", urls.map(soap)],
    ["a validation's URL", urls.map((one) => probed({ url: one }))],
    ["a copy's URLs", fc.tuple(urls, urls).map(([from, to]) => copy({ groupName: "C" }, { urls: [{ from, to }] }))],
    ["a copy's places", fc.tuple(places, places).map(([from, to]) => copy(to, {}, from))],
    ["a service's headers", headers.map((one) => service({ headers: one }))],
    ["a validation's headers", headers.map((one) => probed({ headers: one }))],
    ["what may stand anywhere", spoilt(examples) as fc.Arbitrary<object>],
  ])("%s", (_, events) => {
    fc.assert(
      fc.property(events, (one) => {
        if (typeof one === "object" && one !== null) expectListed(one);
      }),
      { numRuns: runs(100) },
    );
  });

  test("a text anywhere", () => {
    const changed = fc.tuple(fc.constantFrom(...examples), fc.nat(), fc.oneof(urls, fc.string({ unit: "binary" })));
    fc.assert(
      fc.property(changed, ([example, at, text]) => {
        const found = placesOf(example);
        const one = replacedAt(example, found[at % found.length] ?? [], text);
        if (typeof one === "object" && one !== null) expectListed(one);
      }),
      { numRuns: runs(200) },
    );
  });
});
