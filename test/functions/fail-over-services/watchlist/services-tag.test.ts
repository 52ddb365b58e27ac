import fc from "fast-check";
import { expect, test } from "vitest";
import {
  formatTaggedIds,
  parseServicesTag,
  type TagContext,
  tagProblems,
} from "../../../../functions/fail-over-services/watchlist/services-tag.ts";
import { publishableText } from "../../../../shared/primitives/publishable-text.ts";
import { runs } from "../../../support/runs.ts";

const service = (serviceGroupId: number, serviceId: number, serviceDescription: string, groupName = "CRM") => ({
  name: { accountId: "123456", groupName, serviceDescription },
  serviceGroupId,
  serviceId,
});
const services = [
  service(1, 10, "Lookup"),
  service(1, 11, "Update"),
  service(2, 99, "Score", "Billing"),
  service(3, 500, "Other", "Else"),
];
const context: TagContext = { unknown: new Set(["123456/1/12", "123456/99/2"]), services };

test("a tag's value", () => {
  expect(parseServicesTag(" 1/2/3  4/5/6 7-8 ")).toEqual({
    services: [
      { accountId: "1", serviceGroupId: 2, serviceId: 3 },
      { accountId: "4", serviceGroupId: 5, serviceId: 6 },
    ],
    padded: [],
    wrong: ["7-8"],
  });
});

const form = "accountId/serviceGroupId/serviceId, separated by spaces";
const full = `${"123456/1/10 ".repeat(21)}12/3`;

test.each<[what: string, value: string, problems: [message: string, hint: string][]]>([
  ["right", "123456/1/10 654321/7/8", []],
  ["empty", "", [["names no service", `write ${form}, or take the tag off`]]],
  ["blanks", "  ", [["names no service", `write ${form}, or take the tag off`]]],
  ["an account that another environment may serve", "123457/1/10 123456/1/11", []],
  [
    "an unknown service",
    "123456/1/12",
    [
      [
        "there is no service 123456/1/12",
        "look its ids up in RingCX, or take it out of the tag; " +
          "near are 123456/1/10 (CRM/Lookup), 123456/1/11 (CRM/Update), 123456/2/99 (Billing/Score)",
      ],
    ],
  ],
  [
    "the ids the wrong way round",
    "123456/99/2 123456/1/10",
    [
      [
        "there is no service 123456/99/2",
        "the group's id stands before the service's: write 123456/2/99 (Billing/Score)",
      ],
    ],
  ],
  [
    "the group of another service",
    "123456/2/10",
    [
      [
        "service 10 of account 123456 is in group 1, not in 2",
        "write 123456/1/10 if CRM/Lookup is meant, which it is taken for until then",
      ],
    ],
  ],
  [
    "zeros before an id",
    "0123456/1/10 123456/01/011 00/00/00",
    [
      [
        '"0123456/1/10" has an id that begins with 0',
        "RingCX's ids do not: write 123456/1/10; until then it is taken for that",
      ],
      [
        '"123456/01/011" has an id that begins with 0',
        "RingCX's ids do not: write 123456/1/11; until then it is taken for that",
      ],
      ['"00/00/00" has an id that begins with 0', "RingCX's ids do not: write 0/0/0; until then it is taken for that"],
    ],
  ],
  [
    "names",
    "Billing/Scor",
    [
      [
        '"Billing/Scor" is not accountId/serviceGroupId/serviceId',
        `expected ids, not names: ${form}; ` +
          "near are 123456/2/99 (Billing/Score), 123456/3/500 (Else/Other), 123456/1/10 (CRM/Lookup)",
      ],
    ],
  ],
  [
    "an id that is missing",
    "123456/10",
    [['"123456/10" is not accountId/serviceGroupId/serviceId', `one of the three ids is missing: expected ${form}`]],
  ],
  ...["123456:1:10", "123456-1-10", "123456/1/10+123456/1/11", "123456.1.10", "123456/1/10/7"].map(
    (value): [string, string, [string, string][]] => [
      `other separators: ${value}`,
      value,
      [
        [
          `"${value}" is not accountId/serviceGroupId/serviceId`,
          `separate the three ids by slashes, and services by spaces: ${form}`,
        ],
      ],
    ],
  ),
  [
    "an id that no number holds",
    "123456/1/9007199254740993",
    [
      [
        '"123456/1/9007199254740993" is not accountId/serviceGroupId/serviceId',
        `an id has at most 15 digits: expected ${form}`,
      ],
    ],
  ],
  [
    "cut off where a tag is full",
    full,
    [
      [
        '"12/3" is cut off: a tag\'s value has at most 256 characters',
        "name the other services in the tag of a composite alarm on this one, or name this alarm in their manifests",
      ],
    ],
  ],
])("each mistake has its own way out: %s", (_what, value, problems) => {
  expect(tagProblems(value, context)).toEqual(problems.map(([message, hint]) => ({ message, hint })));
});

test("whatever a value and RingCX's names are, what is said of it is short and can be published", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\u0000".repeat(300), "x".repeat(10_000), "\ud800"),
  );
  fc.assert(
    fc.property(text, text, (value, name) => {
      const named = [service(1, 1, name, name)];
      const unknown = new Set(parseServicesTag(value).services.map(formatTaggedIds));
      for (const { message, hint } of tagProblems(`${value} 1/1/1 ${name}`, { ...context, unknown, services: named })) {
        expect(message.length + hint.length).toBeLessThan(1_000);
        expect(publishableText(message + hint)).toBe(message + hint);
      }
    }),
    { numRuns: runs(200) },
  );
});
