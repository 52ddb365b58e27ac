import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cliSource, readOutgoing } from "../../../cli/files/outgoing.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const accounts = ["123456", "223456", "1"];
const read = (text: string, more: Partial<Parameters<typeof readOutgoing>[1]> = {}) =>
  readOutgoing(text, { file: "f.yaml", now, accounts, variables: {}, ...more });

const manifests = `# What should exist.
accountId: "123456"
resources:
  - kind: httpServiceGroup
    groupName: CRM
`;

describe("what a file may be", () => {
  test("manifests alone get an envelope", () => {
    const [message, ...more] = read(manifests);
    expect(more).toEqual([]);
    expect(message).toMatchObject({
      type: "ringcx.apply.v1",
      source: cliSource,
      accountId: "123456",
      isCommand: false,
    });
    expect(JSON.parse(message?.body ?? "")).toMatchObject({
      specversion: "1.0",
      time: "2026-03-01T12:00:00.000Z",
      data: { accountId: "123456", resources: [{ kind: "httpServiceGroup", groupName: "CRM" }] },
    });
  });

  test("the README's first service", () => {
    const text = readFileSync("examples/first-service.yaml", "utf8");
    expect(readOutgoing(text, { file: "first-service.yaml", now, accounts, variables: {} })).toHaveLength(1);
  });

  test.each([
    ["several documents", `${manifests}---\n${manifests}`],
    [
      "a list",
      `- {accountId: "123456", resources: [{kind: httpServiceGroup, groupName: A}]}\n- {accountId: "123456", resources: [{kind: httpServiceGroup, groupName: B}]}\n`,
    ],
    [
      "JSON lines",
      `# two\n{"accountId":"1","resources":[{"kind":"httpServiceGroup","groupName":"A"}]}\n\n{"accountId":"1","resources":[{"kind":"httpServiceGroup","groupName":"B"}]}\n`,
    ],
  ])("%s are several messages, each with an id of its own", (_, text) => {
    const messages = read(text);
    expect(messages).toHaveLength(2);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(2);
  });

  test("JSON over several lines is one message, with a byte order mark too", () => {
    const json = JSON.stringify(
      { accountId: "1", resources: [{ kind: "httpServiceGroup", groupName: "A" }] },
      null,
      "\t",
    );
    expect(read(`\ufeff${json}`)).toHaveLength(1);
  });

  test.each(["all-auth-types", "clone", "commands", "crm-enrichment", "dry-run", "promote", "retire"])(
    "examples/%s.ndjson is right",
    (name) => {
      const text = readFileSync(new URL(`../../../examples/${name}.ndjson`, import.meta.url), "utf8");
      const variables = {
        CRM_URL: "http://127.0.0.1:8080",
        CRM_ALARM_ARN: "arn:aws:cloudwatch:us-east-1:111122223333:alarm:crm",
      };
      expect(read(text, { variables }).length).toBeGreaterThan(0);
    },
  );

  test("an event keeps its own envelope; as a plan it gets another id, so that the event itself is still to come", () => {
    const event = JSON.stringify({
      specversion: "1.0",
      id: "1",
      source: "/crm",
      type: "ringcx.apply.v1",
      time: "2026-01-05T10:00:00Z",
      data: { accountId: "1", resources: [{ kind: "httpServiceGroup", groupName: "A" }] },
    });
    expect(read(event)[0]).toMatchObject({ id: "1", source: "/crm" });
    const [plan] = read(event, { isDryRun: true });
    expect(plan?.id).toMatch(/^plan-/);
    expect(JSON.parse(plan?.body ?? "").data.dryRun).toBe(true);
  });
});

describe("a wrong file is told with line, field and how to mend it", () => {
  test.each([
    [
      "a typo",
      `${manifests}    isDefualt: true\n`,
      /f\.yaml:6:5: resources\[0\]\.isDefualt: .*did you mean isDefault\?/,
    ],
    ["a number for a name", manifests.replace('"123456"', "123456"), /f\.yaml:2:1: accountId: .*expected string/],
    [
      "a missing field",
      manifests.replace("    groupName: CRM\n", ""),
      /f\.yaml:4:5: resources\[0\]\.groupName: is missing/,
    ],
    [
      "the second document",
      `${manifests}---\n${manifests}  - kind: group\n`,
      /f\.yaml:12:5: resources\[1\]\.kind: expected one of/,
    ],
    [
      "a line of JSON lines",
      `{"accountId":"1","resources":[]}\n{"accountId":"1","resources":[]}`,
      /f\.yaml:2:18: resources: expected at least one/,
    ],
    [
      "a credential",
      `${manifests}    password: hunter2hunter2\n`,
      /f\.yaml:6:5: resources\[0\]\.password: carries a credential/,
    ],
    ["no message at all", "just text", /f\.yaml:1:1: the message is not a CloudEvents/],
    ["nothing", "# later\n", /f\.yaml is empty/],
    ["no YAML", "a: [1\nb: }", /neither valid YAML nor valid JSON:\n {2}f\.yaml:\d+:\d+: /],
    ["a field twice", `${manifests}    groupName: B\n`, /f\.yaml:6:5: Map keys must be unique/],
  ])("%s", (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test("everything that is wrong at once, in the order of the file, and no value", () => {
    const text = manifests.replace("CRM", '""').replace("accountId", "accountid");
    expect(() => read(text)).toThrow(/3 problems[\s\S]*did you mean accountId/);
    expect(() => read(`${manifests}    isDefault: topsecret\n    more: 1\n`)).toThrow(/:6:5: [\s\S]*:7:5: /);
    expect(() => read(`${manifests}    isDefault: topsecret\n`)).not.toThrow(/topsecret/);
  });
});

test("only variables that are known are filled in", () => {
  const [message] = read(manifests.replace("CRM", "${GROUP} ${OTHER}"), { variables: { GROUP: "CRM" } });
  expect(message?.body).toContain("CRM ${OTHER}");
});

test("beside a credential the rest is told, too; nobody is told to change what nobody has had, and no value is shown", () => {
  const text = `${manifests}    isDefualt: true
  - kind: httpService
    groupName: CRM
    serviceDescription: Lookup
    serviceType: HTTP_GOT
    httpServiceConfig: { url: "https://a.example", headers: { Authorization: "Bearer canary8a7f6e5d4c3b2a19080716" } }
    password: canary-canary
`;
  const told = () => read(text);
  expect(told).toThrow(/nothing was sent: 4 problems/);
  expect(told).toThrow(
    /:6:5: resources\[0\]\.isDefualt[\s\S]*serviceType: expected one of[\s\S]*Authorization: carries a credential/,
  );
  expect(told).not.toThrow(/on a queue|was not kept|canary/);
  // A name that is a credential is not shown by way of the others either.
  const name = "sk_live_canary8a7f6e5d4c3b2a19080716";
  expect(() => read(`${manifests}    ${name}: 1\n    other: 2\n`)).toThrow(/a name that is not shown/);
  expect(() => read(`${manifests}    ${name}: 1\n    other: 2\n`)).not.toThrow(/canary/);
});

test.each([
  [
    "accountId",
    manifests.replace("123456", "123457"),
    /f\.yaml:2:1: accountId: this environment has no account 123457 \(Did you mean "123456"/,
  ],
  [
    "from.accountId",
    'accountId: "123456"\nfrom: { accountId: "9", groupName: CRM }\n',
    /f\.yaml:2:9: from\.accountId: this environment has no account 9 /,
  ],
])("an account in %s that the environment has not is told before anything is sent", (_, text, sentence) => {
  expect(() => read(text)).toThrow(sentence);
});

test("what comes from options is told by what was typed, without a place in a file that nobody has", () => {
  const copy = {
    accountId: "223456",
    from: { accountId: "123456", groupName: "G" },
    overrides: { urls: [{ from: "http://a", to: "x" }] },
  };
  const typedAs = (path: string) => (path.startsWith("overrides.urls[0]") ? "--url http://a=x" : path);
  const options = { file: "promote", now: 0, variables: {}, accounts: ["123456", "223456"], typedAs };
  const read = () => readOutgoing(JSON.stringify([copy, copy]), options);
  expect(read).toThrow(/^Nothing was sent\. --url http:\/\/a=x: /);
  expect(read).not.toThrow(/promote|overrides\.urls/);
});
