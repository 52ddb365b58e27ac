import { isBadRequest, isDone, isEmpty, isRefused, isRow, jsonOf, recordOf, rowsOf, type Seen } from "../exchange.ts";
import { firstCreated } from "../steps/auth-configs.ts";
import { missingStatus } from "./errors-and-tokens.ts";
import { type Experiments, found, type NamesOf, notFound, unlinked } from "./finding.ts";

/** The UUID that was sent for the first auth config, and the one under which it is listed. */
function firstIds(seen: Seen): { sent: string; shown: string } | undefined {
  const sent = /authConfigs\/([^/]+)\//.exec(seen.first(firstCreated)?.path ?? "")?.[1];
  const row = rowsOf(seen.last("authConfigs.listed")).find(
    ({ providerName }) => providerName === seen.names.authConfigs.apiKey,
  );
  const shown = row?.authConfigId ?? recordOf(seen.first(firstCreated))?.authConfigId;
  return sent !== undefined && typeof shown === "string" ? { sent, shown } : undefined;
}

/** What is learned of auth configs. */
export const authConfigExperiments: Experiments<NamesOf<"authConfigs">> = {
  "authConfigs.list": (seen) => {
    const value = jsonOf(seen.last("authConfigs.listed"));
    if (Array.isArray(value)) return found("array", "an array");
    return isRow(value) && Array.isArray(value.records)
      ? found("records", "{ records: [...] }")
      : notFound("the list did not arrive whole, or in another form");
  },
  "authConfigs.credential": (seen) => {
    const read = recordOf(seen.last("authConfig.read"));
    const body = seen.first(firstCreated)?.body;
    const sent = isRow(body) ? String(body.apiKey) : "";
    if (!read || sent === "") return notFound("no auth config could be made and read");
    if (!("apiKey" in read)) return found("absent", "apiKey is not there");
    if (read.apiKey === null) return found("null", "apiKey is null");
    if (read.apiKey === sent) return found("plain", "apiKey is what was sent");
    return String(read.apiKey).endsWith(sent.slice(-4))
      ? found("lastFour", "apiKey ends with the last four characters of what was sent")
      : found("masked", "apiKey is something else than was sent");
  },
  "authConfigs.patch": (seen) => {
    const part = seen.last("authConfig.part");
    if (isDone(part)) return found("merges", "a PATCH of description alone was done");
    return isBadRequest(part)
      ? found("everything", `a PATCH of description alone: ${part?.status}`)
      : notFound(part ? `it was answered ${part.status}` : "it was not tried");
  },
  "authConfigs.patchType": (seen) => {
    const patched = seen.last("authConfig.otherType");
    if (isBadRequest(patched) || patched?.status === 409)
      return found("refused", `a PATCH under another type's path: ${patched?.status}`);
    if (!isDone(patched)) return notFound(patched ? `it was answered ${patched.status}` : "it was not tried");
    const after = recordOf(seen.last("authConfig.afterOtherType"));
    if (after?.authType === "APIKEY") return found("changes", "authType is another one afterwards");
    return notFound("a PATCH under another type's path was done, and authType is as before");
  },
  "authConfigs.usedId": (seen) => {
    const again = seen.last("authConfig.usedId");
    if (isDone(again)) return found("overwritten", "the POST was done");
    if (again?.status === 409) return found("conflict", "409");
    if (again?.status === 400 || again?.status === 500) return found("badRequest", String(again.status));
    return notFound(again ? `it was answered ${again.status}` : "it was not tried");
  },
  "authConfigs.id": (seen) => {
    const ids = firstIds(seen);
    if (!ids) return notFound("no auth config could be made and listed");
    return ids.sent.toLowerCase() === ids.shown.toLowerCase()
      ? found("kept", "the list shows the UUID that was sent")
      : found("replaced", "the list shows another UUID than was sent");
  },
  "authConfigs.idCase": (seen) => {
    const shown = firstIds(seen)?.shown;
    if (shown === undefined) return notFound("no auth config could be made and listed");
    return shown === shown.toLowerCase()
      ? found("lower", "the list shows it in lower case")
      : found("upper", "the list shows it in upper case");
  },
  "authConfigs.deleteInUse": (seen) => {
    const deleted = seen.last("authConfig.deletedInUse");
    if (!isDone(seen.last("service.linkV2")))
      return notFound(unlinked(seen, "service.linkV2", "no service could be linked"));
    if (isDone(deleted)) return found("done", `DELETE while a service was linked: ${deleted.status}`);
    return deleted?.status === 409
      ? found("conflict", "DELETE while a service was linked: 409")
      : notFound(deleted ? `it was answered ${deleted.status}` : "it was not tried");
  },
  "authConfigs.gone": (seen) => {
    const gone = seen.last("authConfig.gone");
    if (isEmpty(gone)) return found("nothing", "200 with an empty body");
    if (!isRefused(gone)) return notFound("it was not tried");
    if (gone.status === 404) return found("notFound", "404");
    return gone.status === missingStatus(seen)
      ? notFound(`${gone.status}, as for anything that is not there`)
      : found("forbidden", String(gone.status));
  },
  "authConfigs.answer": (seen) => {
    const writes = seen.exchanges.filter(({ label }) => /^authConfig\.(created|changed)/.test(label)).filter(isDone);
    if (writes.some((write) => recordOf(write)?.authConfigId !== undefined)) return found("record", "the record");
    return writes.some(isEmpty) ? found("nothing", "200 with an empty body") : notFound("none could be made");
  },
};
