/** Longest end of a name that is looked at, in characters. */
const longest = 200;

/**
 * The words of a name in lower case, however they are joined: `X-Api-Key`, `x_api_key`, `xApiKey` and `X.API KEY` are
 * the same. Full-width letters, accents and invisible characters make no difference; a namespace (`wsse:Password`) does
 * not count. Of a name of more than 200 characters the end.
 */
export function wordsOf(name: string): string[] {
  return name
    .slice(-longest)
    .normalize("NFKD")
    .replaceAll(/[\p{M}\p{Cf}]/gu, "")
    .replace(/^.*:/s, "")
    .replaceAll(/(?<=[\p{Ll}\d])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\d)|(?<=\d)(?=\p{L})/gu, " ")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== "");
}
