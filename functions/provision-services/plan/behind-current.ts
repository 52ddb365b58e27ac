const begin = "its secret's current version is ";

/**
 * That RingCX has another version of a secret than the current one, in words.
 *
 * @param what comes of that, a clause that begins with "which"
 * @param has what RingCX has
 */
export function behindCurrentLine(versionId: string, what: string, has: string): string {
  return `${begin}${versionId}, ${what.replace(/\.$/, "")}; ${has}`;
}

/** Whether a line of an outcome says so. */
export function saysBehindCurrent(line: string): boolean {
  return line.startsWith(begin);
}
