/** Shortest text that is judged, in characters: of a shorter one nothing can be said. */
const shortest = 12;

/** Part of the places between two characters at which a word would end, above which a text is none. */
const mostBoundaries = 0.25;

const boundary = /(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])/g;
const hexadecimal = /^(?=.*\d)(?=.*[a-f])[\da-f]{16,}$/i;
const unpronounceable = /[bcdfghjklmnpqrstvwxz]{6}|[BCDFGHJKLMNPQRSTVWXZ]{6}/;
/** Pairs of letters that words hardly have; one may be an abbreviation: `jwtSecret`, `vpcEndpoint`. */
const rarePair =
  /q(?=[a-tv-z])|j(?=[bcdfghklmnpqrtwx])|[vz](?=[bcdfghklmnpqrstwx])|x(?=[bdfgjklmnqrsvwz])|[bcdfghjklmnpqstvwxz](?=[jqxz])/gi;

/**
 * True when a text looks like a key rather than like words: letters, capitals and digits change all the time, as they
 * do in hexadecimal, base64 and UUIDs, or no word could have those letters. A judgement, not a proof: a password made
 * of words does not look random, and some random keys look like words, the fewer the longer they are (see the test).
 */
export function looksRandom(text: string): boolean {
  const characters = text.replaceAll(/[^A-Za-z0-9]/g, "");
  if (characters.length < shortest) return false;
  const boundaries = text.match(boundary)?.length ?? 0;
  return (
    boundaries / (characters.length - 1) >= mostBoundaries ||
    hexadecimal.test(characters) ||
    unpronounceable.test(text) ||
    (text.match(rarePair)?.length ?? 0) >= 2
  );
}
