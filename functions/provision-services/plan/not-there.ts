import { nearest } from "../../../shared/primitives/nearest.ts";

/** That what is to be retired is not there, in words: nothing is to be done then, but the name may be a slip. */
export function notThere(what: string, name: string, known: readonly string[]): string {
  return `there is no ${what} of this name.${nearest(name, known)}`;
}

/** Whether a line of an outcome says so. */
export function saysNotThere(line: string): boolean {
  return /^there is no [a-z ]+ of this name\./.test(line);
}

/** That a `previousName` was nowhere, so that what is made is new. A manifest says the same to an account that never had it. */
export function nothingToRename(what: string, previousName: string, known: readonly string[]): string {
  return `made new: there is no ${what} ${JSON.stringify(previousName)} (previousName) to be renamed.${nearest(previousName, known)}`;
}
