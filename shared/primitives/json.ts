/**
 * Reads a JSON text whose content must not get into an error or a log: `JSON.parse` quotes the text that it could not
 * read, and a text may hold a credential, so its error goes no further.
 *
 * @returns the value, wrapped because `null` is one too, or `undefined` when the text is no JSON
 */
export function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** The fields of a text that holds a JSON object; `undefined` for any other text, an array too. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(text)?.value;
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
