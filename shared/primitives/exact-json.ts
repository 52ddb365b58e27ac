/**
 * JSON that is to be written again as it was read. A number that a JavaScript number cannot hold, such as
 * `12345678901234567890`, `1e400` or `-0`, is a raw number here: an object of `JSON.rawJSON` (ECMAScript, "JSON.parse source
 * text access"), which `JSON.stringify` writes digit for digit.
 */

/** A number by its text in JSON. Frozen, without a prototype, and made by `JSON.rawJSON` alone. */
export interface RawNumber {
  readonly rawJSON: string;
}

// Of the language since Node.js 21, and not yet of the compiler's library.
const { rawJSON, isRawJSON } = JSON as unknown as {
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
};

/** Whoever copies objects leaves this one as it is. */
export const isRawNumber: (value: unknown) => value is RawNumber = isRawJSON;

/** How numbers are kept. */
export interface ExactJsonOptions {
  /** A number whose JSON would be spelt otherwise, `1.0` or `1E3`, is raw, too. @default only one that would be another */
  isSpellingKept?: boolean;
}

/** Text in which no number could be raw needs no second look at each value. */
const mayNeedRaw = /\d{16}|-0|\d[.eE]/;

/**
 * The value of a JSON text, wrapped because `null` is one, too. `JSON.stringify` writes it as it was, but for white space,
 * escapes, the order of members, and of a member that is there twice the first one. Its error goes no further, as that of
 * `parseJson`.
 *
 * @returns `undefined` when the text is no JSON, or is nested too deep to be looked through
 */
export function parseExactly(
  text: string,
  { isSpellingKept = false }: ExactJsonOptions = {},
): { value: unknown } | undefined {
  const keep = (_name: string, value: unknown, context?: { source?: string }): unknown => {
    const source = context?.source;
    if (typeof value !== "number" || source === undefined || JSON.stringify(value) === source) return value;
    return isSpellingKept || !isExact(value, source) ? rawJSON(source) : value;
  };
  try {
    return { value: JSON.parse(text, mayNeedRaw.test(text) ? keep : undefined) as unknown };
  } catch {
    return undefined;
  }
}

/** What a raw number is as a JavaScript number, where that is the same; any other value as it is. */
export function plainNumber(value: unknown): unknown {
  if (!isRawNumber(value)) return value;
  const number = Number(value.rawJSON);
  return isExact(number, value.rawJSON) ? number : value;
}

/** A value with {@link plainNumber} in place of each raw number within. */
export function plainNumbers(value: unknown): unknown {
  if (isRawNumber(value)) return plainNumber(value);
  if (Array.isArray(value)) return value.map(plainNumbers);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plainNumbers(field)]));
}

/** Whether a number is the same in JavaScript's shortest spelling as in its source. */
function isExact(value: number, source: string): boolean {
  return Number.isFinite(value) && canonical(String(value)) === canonical(source) && !Object.is(value, -0);
}

/** `sign digits exponent` without zeros at either end, so that `1.50`, `15e-1` and `1.5` are one. */
function canonical(text: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return `${sign}0`;
  return `${sign}${significant}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)}`;
}
