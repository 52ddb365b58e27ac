import { type ActivationDecision, decideActivation } from "../../../shared/activation/decide-activation.ts";
import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import type { EvidenceDependencies } from "../evidence/probe-service.ts";
import { outcomeOf, type ReportDependencies, type Telling } from "../report/service-outcome.ts";
import type { BlastRadius } from "./blast-radius.ts";

/** What it takes to carry a decision out. */
export interface ApplyDependencies extends EvidenceDependencies, ReportDependencies {
  blastRadius: BlastRadius;
}

export interface Switch extends Telling {
  /** Epoch milliseconds. */
  deadline: number;
}

/** What came of it: the decision, and whether RingCX was told. */
export interface Switched {
  record: StoredActivation;
  decision: ActivationDecision;
}

/**
 * Does what a record that was just written decides, with at most one call to RingCX, and says so. The record is
 * written first: after a crash in between the sweep finds it and does the rest.
 */
export async function follow(parts: ApplyDependencies, switching: Switch, record: StoredActivation): Promise<Switched> {
  const { activation, clock, outcomes } = parts;
  const { service, cause } = switching;
  const decision = decideActivation(record, clock.now());
  if (decision.action === "leave") return { record, decision };
  const isActive = decision.action === "activate";
  await setActive(parts, switching, isActive);
  // Said before it is noted: a crash in between says it twice, never not at all.
  await outcomes.publish(outcomeOf(switching, "SUCCEEDED", isActive ? "activated" : "deactivated"));
  const after = await activation.change(service.name, { lastAppliedState: isActive });
  // What another writer added meanwhile has not been followed yet: theirs was decided on the old state.
  const next = decideActivation(after, clock.now());
  if (next.action === "leave") return { record: after, decision };
  const again = { ...switching, because: next.because, cause: { ...cause, id: `${cause.id}/again` } };
  return follow(parts, again, after);
}

/** One PUT. Ids are a cache: where they lead nowhere the tree is read once, and they are mended. */
async function setActive(parts: ApplyDependencies, { service, deadline }: Switch, isActive: boolean): Promise<void> {
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
    await parts.table.update(serviceRecordKey(service.name), ids);
  }
}
