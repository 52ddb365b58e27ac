import fc from "fast-check";
import { expect, test } from "vitest";
import { binaryOfBase64, bytesOfBinary, utf8Length } from "../../../shared/primitives/bytes.ts";

// Buffer is what they stand in for where there is none.
const base64 = fc.string({ unit: fc.constantFrom(..."ABCxyz059+/-_=\n \\é"), maxLength: 60 });

test("Base64 is read as Buffer reads it, whatever is in it", () => {
  fc.assert(
    fc.property(fc.oneof(fc.base64String(), base64, fc.string()), (text) => {
      expect(Buffer.from(bytesOfBinary(binaryOfBase64(text)))).toEqual(Buffer.from(text, "base64"));
    }),
  );
});

test("a text has as many bytes as Buffer counts", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(utf8Length(text)).toBe(Buffer.byteLength(text));
    }),
  );
});
