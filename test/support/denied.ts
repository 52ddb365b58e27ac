/** What the roles of the template denied in this process, whoever caught it. */
const denied: string[] = [];

/** Notes a call that a role lacks. @param words which role lacks what */
export function noteDenied(words: string): void {
  denied.push(words);
}

/** What was denied since this was asked last. */
export function takeDenied(): string[] {
  return denied.splice(0);
}
