import type { StoredOutcome } from "../../shared/records/outcome.ts";
import { displayName, type ServiceName } from "../../shared/records/service-name.ts";
import type { OwnFaultNow } from "../read/health.ts";
import { resourcesOf } from "./outcome.ts";

/**
 * Whether an outcome is about a service: by its resources; or by its summary, where only that names it, as what came of a
 * command and faults of our own do. Pure.
 *
 * @param known all services of the account: a name may be the beginning of another one
 */
export function isAbout(outcome: StoredOutcome, name: ServiceName, known: readonly ServiceName[]): boolean {
  if (outcome.data.accountId !== name.accountId) return false;
  const service = displayName(name);
  const isNamed = resourcesOf(outcome).some((one) => one.kind === "httpService" && one.name === service);
  return isNamed || namesService(outcome.data.summary, service, known.map(displayName));
}

/** Whether a fault of our own concerns a service: by the words of its beginning, or by its key. Pure. */
export function concerns(
  { key, summary }: Pick<OwnFaultNow, "key" | "summary">,
  name: ServiceName,
  known: readonly ServiceName[],
): boolean {
  const service = displayName(name);
  return (
    (summary !== undefined && namesService(summary, service, known.map(displayName))) || key.endsWith(`/${service}`)
  );
}

/**
 * Whether a summary is about a service, alone or in a list of several: `2 services (a/b, a/c) cannot be seen: …`. What follows a
 * name is in many words, so the longest name that is known and fits is the one. Pure.
 */
export function namesService(summary: string, service: string, known: readonly string[]): boolean {
  const begins = (name: string) => summary.startsWith(name) && /^[: ]/.test(summary.slice(name.length));
  if (begins(service)) return !known.some((other) => other.length > service.length && begins(other));
  // A name may hold brackets and commas, so that the list is not taken apart.
  const list = /^\d+ services \((?<names>.*?)\) cannot be/.exec(summary)?.groups?.names;
  return list !== undefined && `, ${list}, `.includes(`, ${service}, `);
}
