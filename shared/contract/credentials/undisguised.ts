const entities: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  amp: "&",
  "#34": '"',
  "#39": "'",
};

/**
 * A text as whoever uses it will read it: letters of other widths, HTML's and percent's encodings and a JSON text around it
 * taken off, each once. Linear in the text.
 *
 * @returns `undefined` where nothing is to be taken off
 */
export function undisguised(text: string): string | undefined {
  // Most texts: none of the steps finds anything in them.
  if (!/[&%"]|[^\p{ASCII}]/u.test(text)) return undefined;
  const steps = [
    (one: string) => one.normalize("NFKC"),
    (one: string) =>
      one.replaceAll(/&(lt|gt|quot|apos|amp|#34|#39);/g, (whole, name: string) => entities[name] ?? whole),
    (one: string) => (/%[0-9a-f]{2}/i.test(one) ? decoded(one) : one),
    (one: string) => (one.trim().startsWith('"') ? unquoted(one) : one),
  ];
  const plain = steps.reduce((one, step) => step(one), text);
  return plain === text ? undefined : plain;
}

/** Percent-encodings of ASCII; what is none stays. */
function decoded(text: string): string {
  return text.replaceAll(/%([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function unquoted(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : text;
  } catch {
    return text;
  }
}
