import { isBadRequest, isDone, rowsOf, type Seen } from "../exchange.ts";
import { type Experiments, found, type NamesOf, notFound } from "./finding.ts";

/** A name as RingCX kept it. */
function kept(seen: Seen, fits: (name: string) => boolean): string | undefined {
  return rowsOf(seen.last("names.listed"))
    .map(({ serviceDescription }) => String(serviceDescription))
    .find(fits);
}

/** What is learned of names. */
export const nameExperiments: Experiments<NamesOf<"names">> = {
  "names.duplicates": (seen) => {
    const second = seen.last("name.duplicate");
    if (isDone(second)) return found("allowed", "a second service of the same name was made");
    if (second?.status === 409) return found("conflict", "409");
    if (second?.status === 400 || second?.status === 500) return found("badRequest", String(second.status));
    return notFound(second ? `it was answered ${second.status}` : "it was not tried");
  },
  "names.case": (seen) => {
    if (isDone(seen.last("name.duplicate"))) return notFound("duplicates are allowed, so no name is compared");
    const other = seen.last("name.case");
    if (isDone(other)) return found("sensitive", "a service was made whose name differs in case only");
    if (!other) return notFound("it was not tried");
    return other.status === seen.last("name.duplicate")?.status
      ? found("insensitive", `a name that differs in case only: ${other.status}, as the same name`)
      : notFound(`it was answered ${other.status}, not as the same name`);
  },
  "names.blanks": (seen) => {
    const name = kept(seen, (one) => one.trim() === seen.names.services.withBlanks.trim());
    if (name === undefined) return notFound("no service was made with blanks at the ends of its name");
    return name === seen.names.services.withBlanks
      ? found("kept", "the list shows the blanks")
      : found("trimmed", "the list shows none");
  },
  "names.unicode": (seen) => {
    const composed = seen.names.services.decomposed.normalize("NFC");
    const name = kept(seen, (one) => one.normalize("NFC") === composed);
    if (name === undefined) return notFound("no service was made with an accent in its name");
    return name === composed
      ? found("composed", "a decomposed name (NFD) is shown composed")
      : found("asSent", "a decomposed name (NFD) is shown decomposed");
  },
  "names.length": (seen) => {
    const long = seen.last("name.long");
    // A 409 is about another service, not about a length.
    if (isBadRequest(long)) return found("refused", `72 characters: ${long?.status}`);
    const name = kept(seen, (one) => one.length > 40 && seen.names.services.long.startsWith(one));
    if (name === undefined) return notFound("no service was made with a long name");
    return name === seen.names.services.long
      ? found("kept", "72 characters are shown")
      : found("cut", `${name.length} of 72 characters are shown`);
  },
};
