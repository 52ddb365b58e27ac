import type { StoredOutcome } from "../../shared/records/outcome.ts";
import { displayName, type ServiceName } from "../../shared/records/service-name.ts";
import type { OwnFaultNow } from "../read/health.ts";
import { resourcesOf } from "./outcome.ts";

/** What follows a name in the summary of a fault of our own. */
const troubles = ["cannot be", "is not in RingCX any more", "has another name in RingCX"].join("|");
const troubleAfterName = new RegExp(`^ (${troubles})`);

/**
 * Whether an outcome is about a service: by its resources; or by its summary, where only that names it, as what came of a
 * command and faults of our own do. Pure.
 */
export function isAbout(outcome: StoredOutcome, name: ServiceName): boolean {
  if (outcome.data.accountId !== name.accountId) return false;
  const service = displayName(name);
  const isNamed = resourcesOf(outcome).some((one) => one.kind === "httpService" && one.name === service);
  return isNamed || namesService(outcome.data.summary, service);
}

/** Whether a fault of our own concerns a service: by the words of its beginning, or by its key. Pure. */
export function concerns({ key, summary }: Pick<OwnFaultNow, "key" | "summary">, name: ServiceName): boolean {
  const service = displayName(name);
  return (summary !== undefined && namesService(summary, service)) || key.endsWith(`/${service}`);
}

/** Whether a summary is about a service, alone or in a list of several: `2 services (a/b, a/c) cannot be seen: …`. Pure. */
export function namesService(summary: string, service: string): boolean {
  if (summary.startsWith(service)) {
    const rest = summary.slice(service.length);
    return rest.startsWith(":") || troubleAfterName.test(rest);
  }
  // A name may hold brackets and commas, so that the list is not taken apart.
  const list = /^\d+ services \((?<names>.*?)\) cannot be/.exec(summary)?.groups?.names;
  return list !== undefined && `, ${list}, `.includes(`, ${service}, `);
}
