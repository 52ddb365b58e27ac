/**
 * What makes two names of groups, services or auth configs one. RingCX owns them and documents no rule. Assumed, as most
 * databases compare: how Unicode writes a letter ("é" in one character or two), blanks around the name and case make no
 * difference. Where RingCX does tell such names apart, one is found where two were meant, and never a second made.
 */
export function normalName(name: string): string {
  // By way of upper case: "ß" and "SS", "ς" and "σ" meet there, as in Unicode's case folding; "ẞ" only comes down to "ß".
  return name.normalize("NFD").toLowerCase().toUpperCase().toLowerCase().normalize("NFC").trim();
}

/** Whether two names mean the same group, service or auth config, see {@link normalName}. */
export function isSameName(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return one === other || normalName(one) === normalName(other);
}

/**
 * Whether two names mean the same input. The endpoint is sent them, so their case counts; only how Unicode writes a letter
 * and blanks around the name do not.
 */
export function isSameInputName(one: string, other: string): boolean {
  return one === other || one.normalize("NFC").trim() === other.normalize("NFC").trim();
}

/**
 * Those that have a name: the one that is spelled just so, or all that have it in another spelling.
 *
 * @param nameOf the name of one of them
 */
export function namedAlike<One>(all: readonly One[], name: string, nameOf: (one: One) => string | undefined): One[] {
  const exact = all.filter((one) => nameOf(one) === name);
  return exact.length > 0 ? exact : all.filter((one) => isSameName(nameOf(one), name));
}

/**
 * Whether what is called `found` is to be called `wanted`: another name, or, only where the previous name is given as
 * well, another spelling of the same.
 */
export function isRenamed(found: string, wanted: string, previousName: string | undefined): boolean {
  return found !== wanted && (!isSameName(found, wanted) || isSameName(previousName, wanted));
}

/** RingCX may cut longer names, in characters (`names.length` in docs/simulator.md). */
const mostKept = 64;

/** A name as RingCX may have cut it; one that it keeps in any case is as it is. */
export function cutName(name: string): string {
  return [...name].slice(0, mostKept).join("");
}

/** Whether something is shown by what RingCX has left of its name. */
export function isCutName(shown: string | undefined, name: string): boolean {
  return cutName(name) !== name && !isSameName(shown, name) && isSameName(shown, cutName(name));
}

/** As {@link namedAlike}; where there is none, those that have what RingCX may have left of the name. */
export function namedOrCut<One>(all: readonly One[], name: string, nameOf: (one: One) => string | undefined): One[] {
  const named = namedAlike(all, name, nameOf);
  return named.length > 0 ? named : all.filter((one) => isCutName(nameOf(one), name));
}
