import fc from "fast-check";

/** Names that mean something to JavaScript, to a library, or to a terminal. */
export const hostileKeys = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "kind",
  "",
  "length",
  "then",
  "toJSON",
  "a\u0000",
];

/** Texts that are odd wherever they stand. */
const hostileTexts = [
  ...hostileKeys,
  "\ud800",
  "\uffff",
  "\u202e\u200b",
  "電".repeat(300),
  "x".repeat(5_000),
  "1e999",
  "https://a\\@b/",
  "{{x}}",
  "[".repeat(2_000),
  "ringcx.apply.v2",
];

/** Any JSON, a few levels deep, with odd names, texts and numbers. */
export const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.oneof(
      fc.constantFrom<unknown>(...hostileTexts, null, true, 0, -0, -1, 1e300, 1e-200, 2 ** 60),
      fc.string(),
      fc.double(),
    ),
    fc.array(tie("value"), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...hostileKeys), fc.string()), tie("value")), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).value;

type Path = readonly (string | number)[];

/** Every place of a JSON value, the whole first; not within what is nested so deep that it is spoilt already. */
export function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null || path.length > 40) return [path];
  return [path, ...Object.entries(value).flatMap(([name, field]) => placesOf(field, [...path, name]))];
}

/** The same with something else in one place. */
export function replacedAt(value: unknown, path: Path, replacement: unknown): unknown {
  return changedAt(value, path, () => replacement);
}

function changedAt(value: unknown, [name, ...rest]: Path, change: (there: unknown) => unknown): unknown {
  if (name === undefined) return change(value);
  const changed = (field: unknown) => changedAt(field, rest, change);
  if (Array.isArray(value)) return value.map((field, index) => (index === Number(name) ? changed(field) : field));
  // Entry by entry: to assign `__proto__` would change something else.
  const entries = Object.entries(value as object);
  return Object.fromEntries(entries.map(([key, field]) => [key, key === name ? changed(field) : field]));
}

/** What can be wrong with what stands in a place: it is another, one too many, one too few, of another name or type. */
const changes: fc.Arbitrary<(there: unknown) => unknown> = fc.oneof(
  json.map((value) => () => value),
  fc.constantFrom<(there: unknown) => unknown>(
    (there) => (typeof there === "string" ? `${there}\u0000` : there),
    (there) => (typeof there === "string" ? there.slice(1) : [there]),
    (there) => (typeof there === "number" ? String(there) : { there }),
    (there) => [there, there],
    (there) => (isObject(there) ? Object.fromEntries(Object.entries(there).slice(1)) : null),
    () => nested(700),
  ),
  fc.tuple(fc.oneof(fc.constantFrom(...hostileKeys), fc.string()), json).map(([name, value]) => (there: unknown) => {
    if (!isObject(there)) return value;
    return Array.isArray(there) ? [...there, value] : Object.fromEntries([...Object.entries(there), [name, value]]);
  }),
);

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** A list within a list, and so on. */
export function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < depth; level += 1) value = [value];
  return value;
}

/** One of some valid documents, spoilt in one to four places. */
export function spoilt(documents: readonly unknown[]): fc.Arbitrary<unknown> {
  const places = fc.array(fc.tuple(fc.nat(), changes), { minLength: 1, maxLength: 4 });
  return fc.tuple(fc.constantFrom(...documents), places).map(([document, spoilings]) =>
    spoilings.reduce((value, [at, change]) => {
      const found = placesOf(value);
      return changedAt(value, found[at % found.length] ?? [], change);
    }, document),
  );
}

/** Pieces that mean something in JSON, YAML and lists in a text. */
export const pieces = [
  ...["{", "}", "[", "]", '"', "\\", ",", ":", "\\ud800", '"__proto__":', '"a":', "0", "1e999", "\u0000", "\ufeff"],
  ...["&a ", "*a", "<<: ", "- ", "---\n", "\t", "\n", "!!binary ", "${CRM_URL}", " ", "|\n"],
];

/** A text with characters put in, taken out or repeated in up to six places. */
export function spoiltText(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(40), fc.constantFrom(...pieces, "")), { maxLength: 6 });
  return fc.tuple(texts, edits).map(([text, changed]) =>
    changed.reduce((at, [place, length, piece]) => {
      const start = at.length === 0 ? 0 : place % at.length;
      return at.slice(0, start) + piece + at.slice(start + (length % 3 === 0 ? length : 0));
    }, text),
  );
}
