/** Most of a list that a sentence names. */
const mostNamed = 10;

/** A list in a sentence: of a long one the first ones, and how many there are besides. An environment may have a thousand accounts. */
export function firstOf(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
