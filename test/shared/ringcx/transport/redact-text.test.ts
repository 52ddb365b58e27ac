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
