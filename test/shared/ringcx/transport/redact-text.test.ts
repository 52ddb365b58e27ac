import fc from "fast-check";
import { expect, test } from "vitest";
import { redactText } from "../../../../shared/ringcx/transport/redact-text.ts";
import { runs } from "../../../support/runs.ts";

const length = 128_000;

test.each([
  ["nothing but backslashes", "\\".repeat(length), "secret"],
  ["backslashes, and a secret that begins with one", "\\".repeat(length), "\\secret"],
  ["backslashes, and a secret of them", "\\".repeat(length), "\\\\"],
  ["a secret's beginning before a run", `s${"\\".repeat(length)}`, "secret"],
  ["a secret's beginning before many runs", `s${"\\".repeat(99)}`.repeat(length / 100), "ssssssssecret"],
  ["a secret's beginning again and again", "secre".repeat(length / 5), "secret"],
  ["escapes that are almost the secret", "\\u0073".repeat(length / 6), "ssssssssecret"],
])("%s: searched in time linear in the text", (_, text, secret) => {
  const before = process.cpuUsage();
  redactText(text, [secret]);
  // Milliseconds; a search that begins anew at each backslash takes seconds.
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(1_000);
});

test("a mask is not masked, whatever else is secret", () => {
  expect(redactText('{"apiKey":"hush-hush","env":"e"}', ["hush-hush", "e", "1"])).toBe(
    '{"apiK[redacted]y":"[redacted]","[redacted]nv":"[redacted]"}',
  );
  expect(redactText("d red x", ["red", "d"])).toBe("[redacted] [redacted] x");
});

test("each of several secrets side by side is found, also where one ends with a backslash", () => {
  expect(redactText("a\\a\\a\\", ["a\\"])).toBe("[redacted][redacted][redacted]");
  expect(redactText("\\a\\a", ["\\a"])).toBe("[redacted][redacted]");
  expect(redactText('x\\\\\\"abc\\\\\\"x', ['"abc"'])).toBe("x[redacted]x");
  expect(redactText("x\\abc", ["abc"])).toBe("x[redacted]");
  expect(redactText("xabc", ["abc"])).toBe("x[redacted]");
});

/** The plain form of the search: from every place, in quadratic time. */
function plainly(text: string, secret: string): string {
  const parts = secret.match(/\\+[^\\]?|[^\\]/gsu) ?? [];
  const pattern = parts.map((part) => `\\\\${part.startsWith("\\") ? "+" : "*"}${part.replace(/^\\+/, "")}`).join("");
  return text.replaceAll(new RegExp(pattern, "g"), "[redacted]");
}

test("it finds what the plain search finds", () => {
  const letters = fc.string({ unit: fc.constantFrom("\\", "A", "B"), maxLength: 12 });
  fc.assert(
    fc.property(
      letters,
      letters.filter((secret) => secret !== "" && secret.length < 5),
      (text, secret) => {
        // Without its base64 form, which is searched for as it is.
        const encoded = Buffer.from(secret).toString("base64");
        fc.pre(!text.includes(encoded));
        expect(redactText(text, [secret])).toBe(plainly(text, secret));
      },
    ),
    { numRuns: runs(1_000) },
  );
});

test.each([
  ["nothing is secret", "abc", [], "abc"],
  ["an empty secret", "abc", [""], "abc"],
  ["one beside an empty one", "abc", ["", "b"], "a[redacted]c"],
  [
    "half a surrogate pair, in a URL and in base64",
    "%EF%BF%BD 77+9 \ud800",
    ["\ud800"],
    "[redacted] [redacted] [redacted]",
  ],
  ["in a URL", "k=a%2Fb%20c%3D", ["a/b c="], "k=[redacted]"],
  ["in a URL with lower-case digits", "k=a%2fb%20c%3d", ["a/b c="], "k=[redacted]"],
  ["in a form", "k=a%2Fb+c%3D", ["a/b c="], "k=[redacted]"],
  ["in base64", "k=aHVzaA==", ["hush"], "k=[redacted]"],
  ["in base64 without padding", "k=aHVzaA.", ["hush"], "k=[redacted]."],
  ["what base64 writes with a plus sign", "k=+/+/", ["\u{fb}\u{ff}\u{bf}"], "k=+/+/"],
  ["in base64url", "k=w7vDv8O_w74-.", ["\u{fb}\u{ff}\u{ff}\u{fe}>"], "k=[redacted]."],
  ["characters with a meaning in a pattern", "\\^$.*+?()[]{}|", ["^$.*+?()[]{}|"], "[redacted]"],
  ["what would fit if they had it", "axb", ["a.b"], "axb"],
  ["JSON's short forms", '"a\\nb\\rc\\td\\be\\ff"', ["a\nb\rc\td\be\ff"], '"[redacted]"'],
  ["JSON's long forms", '"\\u0061\\u00e4\\u00E4\\ud83d\\uDE00"', ["aää😀"], '"[redacted]"'],
  ["JSON's long forms within JSON", "\\\\ud83d\\\\ude00", ["😀"], "[redacted]"],
  ["a slash that is escaped", "a\\/b", ["a/b"], "[redacted]"],
])("%s", (_, text, secrets, redacted) => {
  expect(redactText(text, secrets)).toBe(redacted);
});

test("of base64 that holds more than the secret no more than two bytes of it stay, whatever stands around it", () => {
  const around = fc.uint8Array({ maxLength: 7 });
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 9, maxLength: 40 }), around, around, (secret, before, after) => {
      for (const alphabet of ["base64", "base64url"] as const) {
        const encoded = Buffer.concat([before, Buffer.from(secret), after]).toString(alphabet);
        const left = redactText(encoded, [secret]).replace("[redacted]", "");
        expect(left.length).toBeLessThanOrEqual(Math.ceil(((before.length + after.length + 2) * 8) / 6) + 2);
      }
    }),
  );
});

test("a text is cut after it was searched", () => {
  expect(redactText("x".repeat(500), [])).toBe("x".repeat(500));
  expect(redactText("x".repeat(501), [])).toBe(`${"x".repeat(500)}…`);
  expect(redactText(`${"x".repeat(495)}hush-hush`, ["hush-hush"])).toBe(`${"x".repeat(495)}[reda…`);
});

test("of a secret that begins with another one nothing stays", () => {
  expect(redactText("tail: abcdef", ["abcdef", "abc"])).toBe("tail: [redacted]");
  expect(redactText("tail: abcdef", ["abc", "abcdef"])).toBe("tail: [redacted]");
});

test("a secret is found however often its text was put into a string", () => {
  const awkward = fc.string({ minLength: 1, unit: "binary" }).filter((text) => !"[redacted]".includes(text));
  fc.assert(
    fc.property(awkward, fc.nat(4), fc.boolean(), (secret, depth, isAscii) => {
      const quote = (text: string) =>
        JSON.stringify(text)
          .slice(1, -1)
          .replaceAll(/[^ -~]/g, (unit) => (isAscii ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}` : unit));
      const quoted = Array.from({ length: depth }).reduce<string>(quote, secret);
      expect(redactText(quoted, [secret])).toBe("[redacted]");
    }),
  );
});

test("no secret survives scrubbing, also where one contains another", () => {
  const secret = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => !"[redacted]…".includes(text));
  fc.assert(
    fc.property(
      fc.array(secret, { minLength: 1, maxLength: 3 }),
      fc.string(),
      fc.string(),
      (secrets, before, after) => {
        const all = [...secrets, secrets.join("")];
        const text = [before, ...all, ...all.map((each) => JSON.stringify(each)), after].join(" ");
        const scrubbed = redactText(text, all).replaceAll("[redacted]", " ");
        for (const each of secrets) {
          const isChance = `${before}  ${after}`.includes(each) || /^[\s"\\]+$/.test(each);
          if (!isChance) expect(scrubbed).not.toContain(each);
        }
      },
    ),
  );
});
