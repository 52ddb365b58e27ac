import { isDone, isEmpty, isRefused, jsonOf, type Row, rowsOf, type Seen } from "../exchange.ts";
import { idOf } from "../sandbox.ts";
import { type Experiments, found, type NamesOf, notFound, unlinked } from "./finding.ts";

const namesIn = (rows: readonly Row[]) => rows.map(({ name }) => String(name));

/** What was saved beside the first input: another one than at first where that answer was cut. */
function secondName(seen: Seen): string {
  const saved = seen.last("inputs.second")?.body;
  return namesIn(Array.isArray(saved) ? saved : [])[0] ?? "";
}

/** What is learned of inputs. */
export const inputExperiments: Experiments<NamesOf<"inputs">> = {
  "inputs.save": (seen) => {
    const names = namesIn(rowsOf(seen.last("inputs.listed")));
    if (!names.includes(secondName(seen))) return notFound("no input could be saved and listed");
    return names.includes("first")
      ? found("adds", "the first input is there after the second was saved")
      : found("replaces", "the first input is gone after the second was saved");
  },
  "inputs.answer": (seen) => {
    const second = seen.last("inputs.second");
    if (isEmpty(second)) return found("nothing", "200 with an empty body");
    const names = namesIn(rowsOf(second));
    if (names.includes("first")) return found("all", "the answer to the second save has the first input, too");
    if (!names.includes(secondName(seen))) return notFound("the answer did not arrive whole");
    const all = namesIn(rowsOf(seen.last("inputs.listed")));
    return all.includes("first")
      ? found("saved", "the answer to the second save has that input only")
      : notFound("a save replaces all: what was saved and what is there is the same");
  },
  "inputs.sameName": (seen) => {
    const twins = seen.last("inputs.sameName");
    if (isDone(twins)) return found("allowed", "two inputs of the same name were saved");
    return twins?.status === 409 ? found("conflict", "409") : notFound("it was not tried");
  },
  "inputs.rank": (seen) => {
    const rank = rowsOf(seen.last("inputs.listed"))[0]?.rank;
    if (rank === undefined || rank === null) return notFound("no input shows a rank");
    return typeof rank === "number" ? found("number", "rank is a number") : found("string", "rank is a string");
  },
  "inputs.deleteAnswer": (seen) => {
    const deleted = seen.last("input.deleted");
    if (!isDone(deleted)) return notFound("no input could be deleted");
    if (deleted.status === 204) return found("noContent", "204");
    if (isEmpty(deleted)) return found("nothing", "200 with an empty body");
    return typeof jsonOf(deleted) === "boolean"
      ? found("boolean", "true")
      : notFound("the answer is none that is known, or did not arrive whole");
  },
};

/** Whether the main service has inputs when it is cloned. */
export function hasInputs(seen: Seen): boolean {
  if (isDone(seen.last("inputs.sameName")) || isDone(seen.last("inputs.kept"))) return true;
  const listed = rowsOf(seen.last("inputs.listed")).length;
  return listed > (isDone(seen.last("input.deleted")) ? 1 : 0);
}

/** A clone as a list shows it. */
function clone(seen: Seen, name: string, label: "clones.listed" | "clones.listedV2" = "clones.listed") {
  return rowsOf(seen.last(label)).find(({ serviceDescription }) => serviceDescription === name);
}

const noClone = notFound("no service could be cloned");

/** What is learned of clones. */
export const cloneExperiments: Experiments<NamesOf<"clones">> = {
  "clones.state": (seen) => {
    const ofActive = clone(seen, seen.names.services.cloneOfActive);
    const ofInactive = clone(seen, seen.names.services.cloneOfInactive);
    if (!ofActive) return noClone;
    if (ofActive.isEnabled !== true) return found("inactive", "the clone of an active service is inactive");
    if (ofInactive) {
      return ofInactive.isEnabled === true
        ? found("active", "the clone of an inactive service is active")
        : found("asSource", "the clone of an active service is active, that of an inactive one inactive");
    }
    return isRefused(seen.last("clone.ofInactive"))
      ? notFound("inactive services are not cloned, so whether such a clone is active is no question")
      : noClone;
  },
  "clones.inputs": (seen) => {
    const copied = seen.last("clone.inputs");
    if (!isDone(copied)) return noClone;
    if (!hasInputs(seen)) return notFound("the source had no inputs");
    return rowsOf(copied).length > 0
      ? found("copied", "the clone of a service with inputs has inputs")
      : found("absent", "the clone of a service with inputs has none");
  },
  "clones.authLink": (seen) => {
    const copy = clone(seen, seen.names.services.cloneOfActive, "clones.listedV2");
    if (!copy) return noClone;
    if (!isDone(seen.last("service.linkV2")))
      return notFound(unlinked(seen, "service.linkV2", "the source could not be linked"));
    return copy.authConfigId === undefined || copy.authConfigId === null
      ? found("absent", "v2 shows no link of the clone")
      : found("copied", "v2 shows the link of the clone");
  },
  "clones.debug": (seen) => {
    const copy = clone(seen, seen.names.services.cloneOfActive);
    if (!copy) return noClone;
    return copy.isDebug === true ? found("copied", "it is on, as of its source") : found("off", "it is off");
  },
};

/** Whether a page holds the same services as another one. */
export function isSamePage(a: readonly Row[], b: readonly Row[]): boolean {
  const ids = (rows: readonly Row[]) => rows.map((row) => idOf(row, "serviceId")).join();
  return ids(a) === ids(b);
}
