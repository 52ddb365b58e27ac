import type { Problem } from "../outcome.ts";

/** What to do with a credential that stands in a message. */
const storeCredential = "store it in Secrets Manager, name it by secretId in an authConfig";

/** The same, of a message that was received. */
export const storeAndChangeCredential = `${storeCredential}, and change it: it has been on a queue`;

/** Said of a credential that was received. */
export const notKeptWords = "; its value was not kept";

/** A problem of a message that has not been sent: nobody has had what stands in it. Pure. */
export function asNotSent({ path, message, hint }: Problem): Problem {
  return {
    path,
    message: message.replace(notKeptWords, ""),
    hint: hint === storeAndChangeCredential ? storeCredential : hint,
  };
}
