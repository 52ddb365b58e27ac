import { describe, expect, it } from "vitest";
import {
  accountsOf,
  durationMs,
  hostsOf,
  secretTags,
  unreadableDurations,
} from "../../../shared/secrets/secret-tags.ts";
import { bindingsFromTags } from "../../../shared/secrets/tag-bindings.ts";

const uuid = "60629848-0ddf-4757-8868-de5b76d54bb7";
const other = "11111111-0ddf-4757-8868-de5b76d54bb7";
const tags = {
  "ringcx:connection": "main",
  "ringcx:accounts": "123456",
  "ringcx:auth-config": uuid,
  "ringcx:auth-type": "OAUTH",
};
const declared = (more: Record<string, string>) => bindingsFromTags({ arn: "arn", tags: { ...tags, ...more } });

describe("the tags of a secret", () => {
  it("bind it to an auth config of the only account that it names", () => {
    expect(declared({ "ringcx:provider-name": "CRM" })).toEqual({
      bindings: [
        {
          secretArn: "arn",
          connection: "main",
          accountId: "123456",
          authConfigId: uuid,
          authType: "OAUTH",
          providerName: "CRM",
        },
      ],
      problems: [],
    });
  });

  it("bind it to several auth configs, of several accounts where each says which", () => {
    const { bindings, problems } = declared({
      "ringcx:accounts": "123456 654321",
      "ringcx:auth-config": `123456/${uuid.toUpperCase()}  654321/${other}`,
    });
    expect(bindings.map(({ accountId, authConfigId }) => `${accountId}/${authConfigId}`)).toEqual([
      `123456/${uuid}`,
      `654321/${other}`,
    ]);
    expect(problems).toEqual([]);
  });

  it.each([
    [{ "ringcx:auth-type": "OAuth" }, /ringcx:auth-type must be one of APIKEY, BASIC/],
    [{ "ringcx:auth-config": "crm" }, /"crm" must be a UUID or accountId\/UUID/],
    [{ "ringcx:accounts": "1 2" }, /write accountId\/60629848-.*names 2 accounts/],
  ] as Record<string, string>[][] as [Record<string, string>, RegExp][])(
    "say what is wrong with them: %j",
    (more, problem) => {
      const { bindings, problems } = declared(more);
      expect(bindings).toEqual([]);
      expect(problems.map(({ message }) => message).join()).toMatch(problem);
    },
  );

  it("without an auth config declare nothing, and nothing is wrong", () => {
    expect(bindingsFromTags({ arn: "arn", tags: { "ringcx:connection": "main" } })).toEqual({
      bindings: [],
      problems: [],
    });
  });

  it("name accounts and hosts, separated by spaces", () => {
    expect(accountsOf({ tags: { "ringcx:accounts": " 1  2 " } })).toEqual(["1", "2"]);
    expect(hostsOf({ tags: { "ringcx:hosts": "a.example.com b.example.com" } })).toEqual([
      "a.example.com",
      "b.example.com",
    ]);
    expect(hostsOf({ tags: {} })).toEqual([]);
  });

  it.each([
    ["30d", 2_592_000_000],
    ["12h", 43_200_000],
    [" 5m ", 300_000],
    ["0d", undefined],
    ["30", undefined],
    ["1w", undefined],
    ["-1d", undefined],
    [undefined, undefined],
  ])("have durations: %s", (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });
});

it.each(["90 d", "90D", "P90D", "1w", "monthly", "0d", "-1d", "1m,2m", ""])(
  "a duration that cannot be read is told: %j",
  (text) => {
    for (const name of [secretTags.rotateWithin, secretTags.rotateEvery, secretTags.overlap, secretTags.proveWithin]) {
      expect(unreadableDurations({ [name]: text })).toEqual([
        { about: name, message: expect.stringContaining(`${name} says ${JSON.stringify(text)}`) },
      ]);
    }
    expect(unreadableDurations({ [secretTags.rotateWithin]: "90d " })).toEqual([]);
  },
);

it("a tag that is far from a duration is shown by its beginning", () => {
  const [problem] = unreadableDurations({ [secretTags.overlap]: "x".repeat(200) });
  expect(problem?.message).toContain(`says "${"x".repeat(50)}", which`);
});

it.each([
  ["crm", {}, "ringcx:auth-config crm"],
  [uuid, { "ringcx:accounts": "" }, `ringcx:auth-config ${uuid}`],
])("what is wrong with a binding is told under the same words each time: %s", (entry, more, about) => {
  expect(declared({ "ringcx:auth-config": entry, ...more }).problems.map((problem) => problem.about)).toEqual([about]);
});

it("a binding without a connection names none", () => {
  const { "ringcx:connection": _, ...rest } = tags;
  expect(bindingsFromTags({ arn: "arn", tags: rest }).bindings).toEqual([expect.objectContaining({ connection: "" })]);
});
