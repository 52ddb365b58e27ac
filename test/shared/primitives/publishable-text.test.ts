import fc from "fast-check";
import { expect, test } from "vitest";
import { messageAttributes } from "../../../shared/primitives/message-attributes.ts";
import { publishableText, shortenText } from "../../../shared/primitives/publishable-text.ts";

const allowed = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

test.each([
  ["a\tb\r\nc ä 電 ☎️ 😀", "a\tb\r\nc ä 電 ☎️ 😀"],
  ["a\u0000b\u0008c\u001fd", "a\ufffdb\ufffdc\ufffdd"],
  ["\u007f\u0085", "\u007f\u0085"],
  ["\ud83d\ude00\ud83d", "😀\ufffd"],
  ["\ude00x", "\ufffdx"],
  ["\ufffe\uffff\ufffd", "\ufffd\ufffd\ufffd"],
])("%j is published as %j", (text, published) => {
  expect(publishableText(text)).toBe(published);
});

test("whatever comes is published in the characters of XML, and a second time as it is", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }),
      (a, b) => {
        const text = publishableText(a + b);
        expect(text).toMatch(allowed);
        expect(publishableText(text)).toBe(text);
        if (allowed.test(a + b)) expect(text).toBe(a + b);
      },
    ),
  );
});

test("a text that is too long says how many characters are missing, also when it is cut twice", () => {
  expect(shortenText("x".repeat(40), 40)).toBe("x".repeat(40));
  const once = shortenText("x".repeat(5_000), 100);
  expect(once).toBe(`${"x".repeat(76)}… (4924 more characters)`);
  expect(shortenText(once, 50)).toBe(`${"x".repeat(26)}… (4974 more characters)`);
  expect(shortenText("😀".repeat(100), 50)).toBe(`${"😀".repeat(13)}… (174 more characters)`);
  expect(shortenText("😀".repeat(100), 51)).toBe(`${"😀".repeat(14)}… (172 more characters)`);
  // Only at its end it is a note.
  expect(shortenText(`${once} x${"y".repeat(60)}`, 50)).toBe(`${"x".repeat(27)}… (135 more characters)`);
});

test("what is left and what is missing are the text, whatever it is", () => {
  const pieces = fc.array(fc.constantFrom("a", "電", "😀", " ", "… (3 more characters", ")"), { maxLength: 200 });
  fc.assert(
    fc.property(pieces, fc.nat(200), (parts, longest) => {
      const text = parts.join("");
      const cut = shortenText(text, longest);
      expect(cut.length).toBeLessThanOrEqual(longest);
      const [, left = "", missing = "0"] = /^(.*)… \((\d+) more characters\)$/s.exec(cut) ?? [];
      if (longest < 40 || text.length <= longest || text.endsWith("characters)")) return;
      expect(cut.isWellFormed()).toBe(true);
      expect(text.startsWith(left)).toBe(true);
      expect(left.length + Number(missing)).toBe(text.length);
    }),
  );
});

test("attributes have values that SNS and SQS take, or are not there", () => {
  expect(messageAttributes({ a: "x", b: "", c: undefined, d: "\u0000", e: "y".repeat(3_000) })).toEqual({
    a: { DataType: "String", StringValue: "x" },
    d: { DataType: "String", StringValue: "\ufffd" },
    e: { DataType: "String", StringValue: `${"y".repeat(976)}… (2024 more characters)` },
  });
  expect(messageAttributes({ a: "y".repeat(20_000) }, 10_000).a?.StringValue).toHaveLength(10_000);
});
