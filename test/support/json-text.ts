import fc from "fast-check";

/** Numbers as JSON may spell them, also those that JavaScript cannot hold. */
export const numberText = fc.oneof(
  fc.constantFrom("0", "-0", "1.0", "1E3", "1e400", "-1e-400", "12345678901234567890", "0.1000000000000000055"),
  fc.integer().map(String),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
  fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.nat(), fc.integer({ min: -400, max: 400 })).map((parts) => {
    const [whole, fraction, exponent] = parts;
    return `${whole}.${fraction}e${exponent}`;
  }),
);

/** Names of members, in the order of the text: JavaScript puts those that are numbers first. */
const name = fc.oneof(fc.constantFrom("__proto__", "constructor", "a b"), fc.stringMatching(/^[a-z_]{1,8}$/));

/** A JSON text without white space, as `JSON.stringify` would write it if it knew every number. */
export const { tree: jsonText, object: jsonObjectText } = fc.letrec<{ tree: string; object: string; array: string }>(
  (tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      numberText,
      fc.string({ unit: "grapheme" }).map((text) => JSON.stringify(text)),
      fc.constantFrom("null", "true", "false"),
      tie("object"),
      tie("array"),
    ),
    array: fc.array(tie("tree"), { maxLength: 4 }).map((entries) => `[${entries.join(",")}]`),
    object: fc
      .uniqueArray(fc.tuple(name, tie("tree")), { selector: ([one]) => one, maxLength: 4 })
      .map((members) => `{${members.map(([one, value]) => `${JSON.stringify(one)}:${value}`).join(",")}}`),
  }),
);
