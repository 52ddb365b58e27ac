import { ownFaultWords, renamedIn, renamedKey } from "../../../shared/records/own-fault-words.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { boundedKey } from "../../../shared/state/bounded-key.ts";
import { outageIn } from "../outage/outage-decision.ts";
import type { TreeService } from "../watchlist/account-tree.ts";
import type { RecordedService } from "../watchlist/watched-services.ts";
import { longestFaultKey, type OwnFault } from "./own-fault.ts";

/** How keys begin of what only the account's tree can say, with the words for its end. */
const endsByKind: Readonly<Record<string, (key: string) => string>> = {
  GONE: () => "it is in RingCX again, or retired; it was not since",
  RENAMED: (key) => {
    const { subject, name = "another one" } = renamedIn(key);
    return `its outage is over, or its name in RingCX is ${subject} again, or yet another; it was ${name} since`;
  },
};

/** A service as the account's tree has it, by its id, or else by its name. */
export function findInTree(tree: readonly TreeService[]): (one: RecordedService) => TreeService | undefined {
  const byId = new Map(tree.map((one) => [one.serviceId, one]));
  const byName = new Map(tree.map((one) => [displayName(one.name), one]));
  return ({ service }) => byId.get(service.serviceId) ?? byName.get(displayName(service.name));
}

/** Whether its outage is open, or its end is not done yet. */
export function isInOutage({ record }: RecordedService): boolean {
  return outageIn(record) !== undefined || (record.intents ?? []).length > 0;
}

/** The key of the fault that a service is gone. */
export function goneKey({ name }: Pick<RecordedService["service"], "name">): string {
  return boundedKey(`GONE/${displayName(name)}`, longestFaultKey);
}

/**
 * What the account's tree says of services with an open outage: those that are gone, or called otherwise by now. Pure.
 *
 * @param gone of what the tree does not show, what RingCX surely has no more
 */
export function findTreeFaults(
  reconciled: readonly RecordedService[],
  tree: readonly TreeService[],
  gone: ReadonlySet<RecordedService>,
): OwnFault[] {
  const inTree = findInTree(tree);
  return reconciled.flatMap((one): OwnFault[] => {
    if (!isInOutage(one)) return [];
    const subject = displayName(one.service.name);
    const found = inTree(one);
    if (!found) {
      if (!gone.has(one)) return [];
      return [
        {
          key: goneKey(one.service),
          subject,
          trouble: "is not in RingCX any more",
          because: `somebody deleted it ${whileIn(one)}.`,
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

/** What was under way when it was deleted, in words: an outage only where there is one. */
function whileIn({ record }: RecordedService): string {
  if (outageIn(record)) return "while its outage was open";
  return `before it was ${record.intents?.at(-1)?.isActive ? "activated" : "deactivated"}`;
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
