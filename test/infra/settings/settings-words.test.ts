import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { environmentSchema } from "../../../infra/environment-schema.ts";
import { checkedEnvironments, type EnvironmentInput } from "../../../infra/environments.ts";
import { runs } from "../../support/runs.ts";

// What is wrong in infra/environments.ts is told in our own words, with a path and what to do, whatever stands in which place.

/** Every place of the settings, with something in each list and record. */
const full = {
  name: "test",
  account: "111122223333",
  region: "eu-central-1",
  connections: [
    {
      ...{ name: "main", accountIds: ["123456"], requireEnvironmentTag: false },
      ...{ ringcxUrl: "https://ringcx.example.com", platformUrl: "https://platform.example.com" },
      quota: { limit: 60, windowMs: 60_000, guardMs: 500, scope: "account" },
    },
  ],
  accountsIn: "variables",
  probe: {
    allowedHosts: ["api.example.com"],
    ...{ allowPrivateAddresses: false, allowHttp: false, timeoutMs: 500, maxBytes: 100 },
  },
  rotation: {
    schedule: "rate(5 minutes)",
    issuerFunctionArns: ["arn:aws:lambda:eu-central-1:111122223333:function:issuer"],
    onChange: "report",
    unmanagedAuthConfigs: ["123456/60629848-0ddf-4757-8868-de5b76d54bb7"],
    unproven: { couldNotBeAsked: "wait", notProvable: "write" },
  },
  confinement: { onViolation: "report" },
  failover: {
    ...{ mode: "observe", sweepSchedule: "rate(1 minute)", recoverAfterSeconds: 1, probesInARow: 1 },
    leastSecondsBetweenProbes: 1,
    guards: {
      flap: { openings: 3, withinMinutes: 60, quietMinutes: 30 },
      blastRadius: { share: 0.5, withinMinutes: 10 },
    },
    alarmRegions: ["eu-central-1"],
    alarmNamePrefixes: ["crm-"],
    alarmReadRoleArns: { "210987654321": "arn:aws:iam::210987654321:role/reads-alarms" },
    reserveConcurrency: false,
    commandSenders: [{ senderId: "AROAABCDEFGHIJKLMNOP", accountIds: ["123456"], connections: ["main"] }],
  },
  provisioning: {
    producers: ["210987654321"],
    senders: [{ senderId: "AROAABCDEFGHIJKLMNOP", accountIds: ["123456"], connections: ["main"] }],
  },
  notifications: {
    ...{ alarms: ["a@example.com"], page: ["b@example.com"], ticket: ["c@example.com"] },
    outcomes: [{ endpoint: "d@example.com", statuses: ["FAILED"] }],
    chat: { statuses: ["FAILED"] },
  },
  logRetentionDays: 30,
  encryptLogs: false,
  tags: { team: "crm" },
  permissionsBoundaryArn: "arn:aws:iam::111122223333:policy/boundary",
  vpc: { subnetIds: ["subnet-0a1b2c3d", "subnet-0a1b2c3e"], securityGroupIds: ["sg-0a1b2c3d"] },
};

type Path = readonly (string | number)[];

const children = (value: unknown): [string | number, unknown][] => {
  if (Array.isArray(value)) return value.map((item, index) => [index, item]);
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
};

const places = (value: unknown, path: Path = []): Path[] =>
  children(value).flatMap(([key, inner]) => [[...path, key], ...places(inner, [...path, key])]);

function withValue(value: unknown, [first, ...rest]: Path, wrong: unknown): unknown {
  if (first === undefined) return wrong;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
  copy[first] = withValue(copy[first], rest, wrong);
  return copy;
}

function problems(environments: unknown): string[] {
  try {
    checkedEnvironments(environments as EnvironmentInput[]);
    return [];
  } catch (error) {
    expect(error).toMatchObject({ name: "Error" });
    const [first, ...lines] = (error as Error).message.split("\n");
    expect(first).toBe("infra/environments.ts is wrong:");
    return lines;
  }
}

/** Words that are the validator's, or no help. */
const notOurs =
  /Invalid|expected [a-z]+ to (be|have)|Too (small|big)|\(correct it\)|\(add it\)|received|undefined|\[object|NaN/;

const expectToldWell = (lines: readonly string[]) => {
  for (const line of lines) {
    expect(line).toMatch(/^ {2}environments(\[\d+\](\.[^ ]+)*)?: .+ \(.{5,}\)$/u);
    expect(line).not.toMatch(notOurs);
    // Where it says what to write, it gives no other example.
    expect(line).not.toMatch(/write "[^"]*".*write for example/);
  }
};

const wrongValues = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    "",
    " ",
    -1,
    0,
    1.5,
    1e12,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    [],
    {},
    true,
  ),
  fc.constantFrom<unknown>([null], [1], [""], ["x", "x"], { x: 1 }, { "": "" }, { name: null }, "x".repeat(400)),
  fc.constantFrom<unknown>(
    "https://user:pw@x.example.com/",
    "https://127.0.0.1/",
    "a..b",
    "rate(1 minutes)",
    "api.example.com:443",
    10n,
    () => {},
  ),
  fc.anything(),
  fc.string({ unit: fc.constantFrom("a", "A", "1", "-", ".", ":", "/") }),
);

test("the settings that everything below starts from are right, and are all that there are", () => {
  expect(problems([full])).toEqual([]);
  const there = places(full).map((path) =>
    path.reduce<string>((text, part) => (typeof part === "number" ? `${text}[${part}]` : `${text}.${part}`), ""),
  );
  const fields = fieldsOf(environmentSchema).map(([path]) => path.replace(/\{\}$/, ""));
  expect(fields.filter((field) => !there.some((path) => path.startsWith(field)))).toEqual([]);
});

/** Every field with the schema of what stands there. */
function fieldsOf(schema: z.core.$ZodType, path = ""): [path: string, schema: z.core.$ZodType][] {
  const { innerType, in: input } = schema._zod.def as { innerType?: z.ZodType; in?: z.ZodType };
  const inner = innerType ?? input;
  const within = () => {
    if (inner) return fieldsOf(inner, path);
    if (schema instanceof z.ZodArray) return fieldsOf(schema.element, `${path}[0]`);
    if (schema instanceof z.ZodRecord) return fieldsOf(schema.valueType, `${path}{}`);
    if (!(schema instanceof z.ZodObject)) return [];
    return Object.entries(schema.shape).flatMap(([key, field]) => fieldsOf(field as z.ZodType, `${path}.${key}`));
  };
  return [[path, schema], ...within()];
}

test("every number has an end that somebody may have meant, and every example is right", () => {
  const numbers = fieldsOf(environmentSchema).filter(([, schema]) => schema instanceof z.ZodNumber);
  expect(numbers.length).toBeGreaterThan(10);
  const endless = numbers.filter(([, schema]) => Number((schema as z.ZodNumber).maxValue ?? Infinity) > 1e8);
  expect(endless.map(([path]) => path)).toEqual([]);
  const wrong = fieldsOf(environmentSchema).filter(([, schema]) => {
    const { examples = [] } = (z.globalRegistry.get(schema) ?? {}) as { examples?: unknown[] };
    return examples.some((example) => !z.safeParse(schema, example).success);
  });
  expect(wrong.map(([path]) => path)).toEqual([]);
});

test.each(places(full).map((path) => [path.join("."), path] as const))("%s", (_, path) => {
  for (const wrong of [null, "", -1e12]) expectToldWell(problems([withValue(full, path, wrong)]));
});

test.each([
  ["rate(1 minutes)", 'write "rate(1 minute)"'],
  ["rate(5 minute)", 'write "rate(5 minutes)"'],
  ["rate(1 day)", 'write "rate(24 hours)"'],
  ["Rate(05 Minutes)", 'write "rate(5 minutes)"'],
  ["5 minutes", 'write "rate(5 minutes)"'],
  ["rate(0 minutes)", 'leave it out: then it is "rate(1 minute)"'],
  ["rate(30 seconds)", 'leave it out: then it is "rate(1 minute)"'],
  ["cron(* * * * ? *)", 'leave it out: then it is "rate(1 minute)"'],
])("of the rate %s is told what to write: %s", (sweepSchedule, mend) => {
  const lines = problems([{ ...full, failover: { sweepSchedule } }]);
  expect(lines).toEqual([expect.stringMatching(/ expected a rate of whole minutes or hours/)]);
  expect(lines[0]).toContain(`(${mend})`);
});

test.each([
  ["api.example.com:443", 'write "api.example.com"'],
  ["https://api.example.com", "leave out scheme and path"],
  ["a.example, b.example", "write a text for each host"],
  ["*", 'write for example "api.example.com"'],
])("of the host %s is told what to write, and that once: %s", (host, mend) => {
  const lines = problems([{ ...full, probe: { allowedHosts: [host] } }]);
  expect(lines).toHaveLength(1);
  expect(lines[0]?.endsWith(`(${mend})`)).toBe(true);
});

const place = fc.constantFrom(...places(full));

test("whatever stands in whichever place is told well", () => {
  fc.assert(
    fc.property(place, wrongValues, (path, wrong) => expectToldWell(problems([withValue(full, path, wrong)]))),
    { numRuns: runs(200) },
  );
});

test.each([
  ["https://h.example.com/ x", "has a blank or a character that no URL has"],
  ["https://h.example.com/é", "has a blank or a character that no URL has"],
  ["https://h.example.com:70000/", "has the port 70000, and the highest is 65535"],
  ["http://h.example.com:99999/x", "has the port 99999, and the highest is 65535"],
  ["http://h.example.com/x", "expected an https:// URL"],
  ["https://h.example.com:0/", "has port 0"],
])("of the URL %s for notices is told what is wrong with it, in one line: %s", (url, message) => {
  for (const notifications of [{ page: [url] }, { outcomes: [{ endpoint: url }] }]) {
    const lines = problems([{ ...full, notifications }]);
    expect(lines).toEqual([expect.stringContaining(`: ${message}`)]);
    expectToldWell(lines);
  }
});

test.each([" ", "\u2028", "\u3000 ", "\u200b"])(
  "a text with nothing to see (%j) is none, wherever one stands",
  (text) => {
    expect(problems([{ ...full, failover: { alarmNamePrefixes: [text] } }])).toHaveLength(1);
    expect(problems([{ ...full, tags: { team: text } }])).toHaveLength(1);
    expect(problems([{ ...full, tags: { [text]: "crm" } }])).toHaveLength(1);
  },
);

test.each(["crm\u200b", "\u202ecrm", "\u2066crm", "c\u00adrm", "c\u2800rm", "crm\u200d", " crm", "crm- ", "\u00a0crm"])(
  "a text that is not what is seen of it (%j) is refused, wherever it is compared with one of AWS's",
  (text) => {
    const lines = [
      { failover: { alarmNamePrefixes: [text] } },
      { tags: { team: text } },
      { tags: { [text]: "crm" } },
    ].map((more) => problems([{ ...full, ...more }]));
    expect(lines.map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(lines[0]).toEqual([expect.stringMatching(/has an invisible character \(U\+[0-9A-F]{4}\)|has a blank/)]);
  },
);

test.each(["crm prod", "می\u200cخواهم", "⚠\ufe0f", "👩\u200d💻-"])(
  "a text that is what is seen of it is taken: %j",
  (text) => {
    expect(problems([{ ...full, failover: { alarmNamePrefixes: [text] } }])).toEqual([]);
  },
);

test("no list of texts takes one of them twice", () => {
  const lists = places(full).filter((path) => {
    const value = path.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], full);
    return Array.isArray(value) && typeof value[0] === "string";
  });
  expect(lists.length).toBeGreaterThan(12);
  const taken = lists.filter((path) => {
    const [value] = path.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], full) as string[];
    return problems([withValue(full, path, [value, value])]).length === 0;
  });
  expect(taken).toEqual([]);
});

test.each<[unknown, RegExp]>([
  [
    ["arn:aws:iam::111122223333:role/r"],
    /alarmReadRoleArns: expected .*\{"111122223333":"arn:aws:iam::111122223333:role/,
  ],
  [{ "111122223333 ": "arn:aws:iam::111122223333:role/r" }, /an AWS account id has 12 digits/],
])(
  "roles that read alarms, written otherwise (%j), are one line that says what is expected",
  (alarmReadRoleArns, told) => {
    const lines = problems([{ ...full, failover: { alarmReadRoleArns } }]);
    expect(lines).toEqual([expect.stringMatching(told)]);
  },
);

test("a name with nothing in it is seen in its path", () => {
  expect(problems([{ ...full, tags: { "": "x" } }])).toEqual([expect.stringMatching(/\.tags\[""\]: expected/)]);
});

describe("everything at once", () => {
  /** What one setting demands of another, and does not find. */
  const together = {
    ...full,
    account: "222233334444",
    connections: [...full.connections, { name: "main", accountIds: ["123456"] }],
    rotation: { issuerFunctionArns: ["arn:aws:lambda:eu-west-1:111122223333:function:issuer"] },
    provisioning: {
      producers: ["arn:aws-cn:iam::111122223333:role/crm"],
      senders: [{ senderId: "AROAABCDEFGHIJKLMNOP", accountIds: ["99"], connections: ["mian"] }],
    },
    notifications: { page: ["b@example.com", "B@example.com"] },
    tags: { "ringcx:team": "crm" },
  };
  const told = problems([together]);

  test.each<[what: string, change: object]>([
    ["a setting that there is not", { region2: 1 }],
    ["a number with a fraction", { probe: { timeoutMs: 100.5 } }],
    ["a schedule of another kind", { failover: { sweepSchedule: "cron(0 12 * * ? *)" } }],
    ["a list that is none", { vpc: { subnetIds: null, securityGroupIds: 1 } }],
    ["a name", { name: "My Stack" }],
    ["a connection that is none", { connections: [...together.connections, null] }],
  ])("%s hides nothing of what one setting demands of another", (_, change) => {
    expect(told.length).toBeGreaterThan(8);
    const more = problems([{ ...together, ...change }]);
    expect(more).toEqual(expect.arrayContaining(told));
    expect(more.length).toBeGreaterThan(told.length);
  });

  test("of an environment the same is told whatever is wrong with another", () => {
    const spoilt = fc.tuple(place, wrongValues).map(([path, wrong]) => withValue(full, path, wrong));
    const others = fc.oneof(spoilt, fc.constantFrom(null, 5, "test", {}, [], { ...together, name: "together" }));
    const second = (lines: readonly string[]) =>
      lines.filter((line) => line.startsWith("  environments[1]") && !line.includes(", as environments[0] "));
    fc.assert(
      fc.property(others, others, (one, other) => {
        const alone = second(problems([{ ...full, name: "elsewhere" }, other]));
        expect(second(problems([one, other]))).toEqual(alone);
      }),
      { numRuns: runs(50) },
    );
  });

  test("one name twice in one region is told beside the rest", () => {
    const lines = problems([full, { ...full, logRetentionDays: 31 }]);
    expect(lines).toHaveLength(2);
    expect(lines.join("\n")).toMatch(/environments\[1\]: is "test" in eu-central-1, as environments\[0\] is/);
  });

  test.each([[[]], [null], [5], [{}]])("no environments (%j)", (environments) => {
    const lines = problems(environments);
    expect(lines).toHaveLength(1);
    expectToldWell(lines);
  });
});
