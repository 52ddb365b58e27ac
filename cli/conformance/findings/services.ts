import { isDeepStrictEqual } from "node:util";
import { parseJson } from "../../../shared/primitives/json.ts";
import { isDone, isEmpty, isRefused, isRow, jsonOf, type Row, recordOf, rowsOf, type Seen } from "../exchange.ts";
import { configTextOf } from "../steps/run.ts";
import { type Experiments, type Finding, found, type NamesOf, notFound, unlinked } from "./finding.ts";

/** The main service as a list showed it first. */
export function mainAtBirth(seen: Seen): Row | undefined {
  return rowsOf(seen.last("list.afterCreate")).find(
    ({ serviceDescription }) => serviceDescription === seen.names.services.main,
  );
}

const noMain = notFound("the service that was made for it was not listed");

/** Whether a call on an inactive service is done: by the first attempt, as the service is active in the second. */
function whenInactive(label: string) {
  return (seen: Seen) => {
    const call = seen.first(label);
    if (isDone(call)) return { answer: "done" as const, how: `${call.method} of an inactive service: ${call.status}` };
    if (call?.status === 409) return { answer: "conflict" as const, how: `${call.method} of an inactive service: 409` };
    return notFound(call ? `it was answered ${call.status}` : "it was not tried");
  };
}

/** What is learned of services. */
export const serviceExperiments: Experiments<NamesOf<"services">> = {
  "services.authLink": (seen) => {
    const v1 = recordOf(seen.last("service.linked"));
    if (!v1 || !isDone(seen.last("service.link")))
      return notFound(unlinked(seen, "service.link", "the service could not be linked and read"));
    if (v1.authConfigId !== undefined && v1.authConfigId !== null) {
      return found("kept", "a link that was sent in v1 is shown in v1");
    }
    const v2 = recordOf(seen.last("service.linkedV2"));
    if (!v2) return notFound("v1 does not show the link, and v2 could not be read");
    return v2.authConfigId === undefined || v2.authConfigId === null
      ? found("dropped", "a link that was sent in v1 is not there in v2")
      : found("hidden", "a link that was sent in v1 is shown in v2 only");
  },
  "services.born": (seen) => {
    const main = mainAtBirth(seen);
    if (!main) return noMain;
    return main.isEnabled === true
      ? found("active", "POST with isEnabled false; the list shows it active")
      : found("asSent", "POST with isEnabled false; the list shows it inactive");
  },
  "services.put": (seen) => {
    const before = mainAtBirth(seen);
    const after = recordOf(seen.last("service.afterPut"));
    if (!before || !after || !isDone(seen.last("service.put"))) return notFound("no PUT was done and read");
    if (before.targetNamespace === undefined) return notFound("the field that was to be left out was not kept at all");
    return after.targetNamespace === undefined || after.targetNamespace === null
      ? found("replaces", "a field that the PUT left out is gone")
      : found("merges", "a field that the PUT left out stays");
  },
  "services.unknownFields": (seen) => {
    const main = mainAtBirth(seen);
    if (!main) return noMain;
    return main.conformanceField === undefined
      ? found("dropped", "a field that nobody knows is not shown again")
      : found("kept", "a field that nobody knows is shown again");
  },
  "services.putAnswer": (seen) => {
    const put = [seen.last("service.put"), seen.last("service.link")].find(isDone);
    if (isEmpty(put)) return found("nothing", "200 with an empty body");
    const record = recordOf(seen.last("service.put"));
    if (!record) return notFound("no answer to a PUT arrived whole");
    return record.isDebug === true
      ? found("record", "the answer has what the PUT changed")
      : found("oldRecord", "the answer has not what the PUT changed");
  },
  "services.createAnswer": (seen) => {
    const creations = seen.exchanges.filter(({ operation }) => operation === "services.create").filter(isDone);
    if (creations.some((creation) => recordOf(creation)?.serviceId !== undefined)) {
      return found("record", "the answer has the new serviceId");
    }
    return creations.some(isEmpty) ? found("nothing", "200 with an empty body") : notFound("no service could be made");
  },
  "services.config": (seen) => {
    const config = mainAtBirth(seen)?.httpServiceConfig;
    const configText = configTextOf(seen.mark);
    if (config === undefined) return notFound("no service showed its httpServiceConfig");
    if (isRow(config)) return found("object", "httpServiceConfig is an object");
    if (config === configText) return found("verbatim", "the very text that was sent");
    const shown = parseJson(String(config))?.value;
    if (isDeepStrictEqual(shown, JSON.parse(configText))) {
      return found("reserialised", "the same fields, in another text");
    }
    const names = isRow(shown) ? Object.keys(shown) : [];
    const hasAll = Object.keys(JSON.parse(configText)).every((name) => names.includes(name));
    return hasAll
      ? found("defaultsAdded", "more fields than were sent")
      : notFound("it has fewer fields than were sent");
  },
  "services.ids": (seen) => {
    const id = mainAtBirth(seen)?.serviceId;
    if (id === undefined) return noMain;
    return typeof id === "string"
      ? found("strings", "serviceId is a string")
      : found("numbers", "serviceId is a number");
  },
  "services.accountId": (seen) => {
    const id = mainAtBirth(seen)?.accountId;
    if (id === undefined) return notFound("a service shows no accountId");
    return typeof id === "number" ? found("number", "it is a number") : found("string", "it is a string");
  },
  "services.inputsInAnswer": (seen) => {
    const service = recordOf(seen.last("service.withInputs"));
    if (!service || rowsOf(seen.last("inputs.listed")).length === 0) return notFound("no input could be saved");
    const shown = service.httpServiceInputs;
    return Array.isArray(shown) && shown.length > 0
      ? found("present", "the record of a service with inputs shows them")
      : found("absent", "the record of a service with inputs shows none");
  },
  "services.setActiveAnswer": (seen) => activeAnswer(seen),
  "services.inactivePut": whenInactive("service.put"),
  "services.inactiveInputs": whenInactive("inputs.first"),
  "services.inactiveClone": whenInactive("clone.ofInactive"),
  "services.inactiveDelete": whenInactive("service.deletedInactive"),
  "services.workflows": () =>
    notFound("no call of the API makes a workflow refer to a service: try a PUT and a DELETE of one that a flow uses"),
};

function activeAnswer(seen: Seen): Finding<"services.setActiveAnswer"> {
  const off = seen.first("active.off");
  if (!isDone(off)) return notFound("setIsActive was not done");
  if (isRefused(seen.first("active.offAgain")) && seen.first("active.offAgain")?.status === 409) {
    return found("conflictWhenSame", "the second deactivation: 409");
  }
  if (off.status === 204) return found("noContent", "204");
  const value = jsonOf(off);
  if (isRow(value)) return found("record", "an object");
  if (value === false) return found("state", "a deactivation answers false");
  if (value === true) return found("success", "a deactivation answers true");
  return notFound("the answer is none that is known");
}
