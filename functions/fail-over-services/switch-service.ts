import {
  type ActivationChange,
  type ActivationDecision,
  decideActivation,
  type StoredActivation,
} from "../../shared/activation.ts";
import type { OutcomeData } from "../../shared/contract/outcome.ts";
import { RingCxNotFoundError } from "../../shared/ringcx/errors.ts";
import { keys } from "../../shared/state/keys.ts";
import type { Cause, FailOverParts } from "./parts.ts";
import { titleOf, type WatchedService } from "./watched-service.ts";

export interface Switch {
  service: WatchedService;
  change: ActivationChange;
  /** Why it is looked at, in words, for the outcome. */
  because: string;
  /** What happens next, in words. */
  next?: string;
  cause: Cause;
  /** Further facts for the outcome. */
  details?: Record<string, unknown>;
  /** Epoch milliseconds. */
  deadline: number;
}

/** What came of it: the decision, and whether RingCX was told. */
export interface Switched {
  record: StoredActivation;
  decision: ActivationDecision;
}

/**
 * Writes the change into the activation record, then does what the whole record decides with at most one call to
 * RingCX, and says so. The intent is written first: after a crash in between the sweep finds it and does the rest.
 */
export async function switchService(parts: FailOverParts, switching: Switch): Promise<Switched> {
  const { activation, clock, outcomes } = parts;
  const { service, change } = switching;
  const record = await activation.change(service.name, change);
  const decision = decideActivation(record, clock.now());
  if (decision.action === "leave") return { record, decision };
  const isActive = decision.action === "activate";
  await setActive(parts, switching, isActive);
  // Said before it is noted: a crash in between says it twice, never not at all.
  await outcomes.publish(outcomeOf(switching, "SUCCEEDED", done(isActive)));
  const after = await activation.change(service.name, { lastWritten: isActive });
  // What another writer added meanwhile has not been followed yet: theirs was decided on the old state.
  const next = decideActivation(after, clock.now());
  if (next.action === "leave") return { record: after, decision };
  return switchService(parts, { ...switching, change: {}, because: next.because });
}

/** Says what would have been done, and does nothing. */
export async function tellOnly({ outcomes }: FailOverParts, switching: Switch, isActive: boolean): Promise<void> {
  await outcomes.publish(outcomeOf(switching, "PLANNED", `would have been ${done(isActive)} (mode observe)`));
}

function done(isActive: boolean): "activated" | "deactivated" {
  return isActive ? "activated" : "deactivated";
}

function outcomeOf(
  { service, because, next, cause, details }: Switch,
  status: "SUCCEEDED" | "PLANNED",
  change: string,
): OutcomeData {
  const { name, serviceGroupId, serviceId } = service;
  return {
    status,
    summary: `${titleOf(name)} ${change}: ${sentence(because)}${next === undefined ? "" : ` ${next}.`}`,
    accountId: name.accountId,
    cause,
    resources: [
      {
        kind: "httpService",
        name: titleOf(name),
        result: status === "PLANNED" ? "PLANNED" : "UPDATED",
        ids: { serviceGroupId, serviceId },
        changes: [change],
      },
    ],
    ...(details && { details }),
  };
}

/** CloudWatch's reasons end with a full stop, ours do not. */
export function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

/** One PUT. Ids are a cache: where they lead nowhere the tree is read once, and they are mended. */
async function setActive(parts: FailOverParts, { service, deadline }: Switch, isActive: boolean): Promise<void> {
  const { accountId, groupName, serviceDescription } = service.name;
  const account = parts.ringcxFor(accountId).account(accountId, { priority: "urgent", deadline });
  try {
    await account.services.setActive(service.serviceGroupId, service.serviceId, isActive);
  } catch (error) {
    if (!(error instanceof RingCxNotFoundError)) throw error;
    const groups = await account.groups.listWithChildren();
    const group = groups.find((one) => one.groupName === groupName);
    const found = group?.services?.find((one) => one.serviceDescription === serviceDescription);
    if (!group || !found) throw error;
    const ids = { serviceGroupId: group.serviceGroupId, serviceId: found.serviceId };
    await account.services.setActive(ids.serviceGroupId, ids.serviceId, isActive);
    await parts.table.update(keys.service(service.name), ids);
  }
}
