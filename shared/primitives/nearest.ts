import { distance } from "fastest-levenshtein";

/**
 * Names that are like one that does not exist, as the end of a sentence: ` Did you mean "a" or "b"?`; where none is
 * like it, the first that there are.
 */
export function nearest(name: string, known: readonly string[], most = 3): string {
  if (known.length === 0) return "";
  const byDistance = known
    .map((one) => ({ one, far: distanceOf(name.toLowerCase(), one.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const near = byDistance.filter(({ far }) => far <= Math.max(2, name.length / 2)).slice(0, most);
  if (near.length > 0) return ` Did you mean ${near.map(({ one }) => JSON.stringify(one)).join(" or ")}?`;
  const more = known.length > 10 ? ` and ${known.length - 10} more` : "";
  return ` There are ${known
    .slice(0, 10)
    .map((one) => JSON.stringify(one))
    .join(", ")}${more}.`;
}

/** How far a name is from another, or from its end, or from a part of it. */
function distanceOf(name: string, known: string): number {
  if (known.includes(name)) return 0;
  return Math.min(distance(name, known), distance(name, known.slice(-name.length)) + 0.5);
}
