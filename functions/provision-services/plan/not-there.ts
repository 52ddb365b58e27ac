import { nearest } from "../../../shared/primitives/nearest.ts";
import { isSameName } from "../../../shared/primitives/same-name.ts";

/** That what is to be retired is not there, in words: nothing is to be done then, but the name may be a slip. */
export function notThere(what: string, name: string, known: readonly string[]): string {
  return `there is no ${what} of this name.${nearest(name, known)}`;
}

/** Whether a line of an outcome says so. */
export function saysNotThere(line: string): boolean {
  return /^there is no [a-z ]+ of this name\./.test(line);
}

/** That a `previousName` was nowhere, so that what is made is new. A manifest says the same to an account that never had it. */
export function nothingToRename(
  what: string,
  { name, previousName }: { name: string; previousName: string },
  known: readonly string[],
): string {
  if (isSameName(name, previousName)) {
    return `made new: its previousName ${JSON.stringify(previousName)} is the name that it is to have, so there is nothing to be renamed. Leave previousName out, or say in it what the ${what} is called now.`;
  }
  return `made new: there is no ${what} ${JSON.stringify(previousName)} (previousName) to be renamed.${nearest(previousName, known)}`;
}
