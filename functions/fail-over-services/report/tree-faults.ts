import { ownFaultWords, renamedIn, renamedKey } from "../../../shared/records/own-fault-words.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import { boundedKey } from "../../../shared/state/bounded-key.ts";
import { outageIn } from "../outage/outage-decision.ts";
import type { TreeService } from "../watchlist/account-tree.ts";
import type { RecordedService } from "../watchlist/watched-services.ts";
import { longestFaultKey, type OwnFault } from "./own-fault.ts";

/** A service with what its reconciliation said. */
type Reconciled = RecordedService & { error?: unknown };

/** How keys begin of what only the account's tree can say, with the words for its end. */
const endsByKind: Readonly<Record<string, (key: string) => string>> = {
  GONE: () => "it is in RingCX again, or retired; it was not since",
  RENAMED: (key) => {
    const { subject, name = "another one" } = renamedIn(key);
    return `its outage is over, or its name in RingCX is ${subject} again, or yet another; it was ${name} since`;
  },
};

/** A service as the account's tree has it, by its id, or else by its name. */
export function findInTree(tree: readonly TreeService[]): (one: Reconciled) => TreeService | undefined {
  const byId = new Map(tree.map((one) => [one.serviceId, one]));
  const byName = new Map(tree.map((one) => [displayName(one.name), one]));
  return ({ service }) => byId.get(service.serviceId) ?? byName.get(displayName(service.name));
}

/** Whether its outage is open, or its end is not done yet. */
function isInOutage({ record }: Reconciled): boolean {
  return outageIn(record) !== undefined || (record.intents ?? []).length > 0;
}

/** What the account's tree says of services with an open outage: those that are gone, or called otherwise by now. Pure. */
export function findTreeFaults(reconciled: readonly Reconciled[], tree: readonly TreeService[]): OwnFault[] {
  const inTree = findInTree(tree);
  return reconciled.flatMap((one): OwnFault[] => {
    if (!isInOutage(one)) return [];
    const subject = displayName(one.service.name);
    const found = inTree(one);
    if (!found) {
      return [
        {
          key: boundedKey(`GONE/${subject}`, longestFaultKey),
          subject,
          trouble: "is not in RingCX any more",
          because: "somebody deleted it while its outage was open.",
          meaning: "Nothing can bring it back. Retire it with a message, or make it anew under its name",
        },
      ];
    }
    const now = displayName(found.name);
    // What a manifest declares gets its name back by its next message.
    if (now === subject || !one.service.isUndeclared) return [];
    return [
      {
        key: boundedKey(renamedKey({ subject, name: now }), longestFaultKey),
        subject,
        trouble: "has another name in RingCX",
        because: `it is ${now} now.`,
        meaning: "It is known by its old name until its outage is over",
        status: "NO_CHANGE",
      },
    ];
  });
}

/** Whether a failure says no more than that the service is gone, which is told once. */
export function isKnownToBeGone(one: Reconciled, tree: readonly TreeService[]): boolean {
  return one.error instanceof RingCxNotFoundError && isInOutage(one) && !findInTree(tree)(one);
}

/** Whether nobody but the tree can say if it is over. */
export function isTreeFault(key: string): boolean {
  return key.split("/", 1).some((kind) => kind in endsByKind);
}

/** That a fault of the tree is over, in words; `undefined` where it is none. @param since ISO 8601 */
export function treeFaultIsOver(key: string, since: string): string | undefined {
  const [kind = ""] = key.split("/", 1);
  const words = endsByKind[kind]?.(key);
  return words === undefined ? undefined : `${ownFaultWords(key).subject}: ${words} ${since}.`;
}
