import { reasonsInForce } from "../../../shared/activation/reasons.ts";
import { isActiveNow } from "../../../shared/activation/set-active.ts";
import type { InactiveReason, StoredActivation } from "../../../shared/records/account/activation.ts";
import { lastKnownState, markOf } from "../../../shared/records/account/known-state.ts";
import { type DoubtedAccount, requireShown } from "../read/require-shown.ts";
import type { ApplyContext } from "./apply-context.ts";

/** The reasons that are provisioning's own. */
export const provisioningKinds: ReadonlySet<InactiveReason["kind"]> = new Set(["NOT_WANTED", "NOT_VALIDATED"]);

/** What RingCX says of a service, as a record takes it in. */
export interface SeenState {
  isEnabled: boolean;
  /** The part of a change that says so. */
  change: { observed: boolean; observedAfter: string };
}

/**
 * Whether a service is active in RingCX, for its record as it was just read. What was read of the account is older than the
 * record: where the two differ failover, or a command, may have changed the service in between, and RingCX is asked again.
 *
 * @throws {DeferredError} while what RingCX says may be older than what we wrote
 * @param isEnabled what RingCX said when the account was read, or what was written of it since
 */
export async function seenState(
  context: DoubtedAccount & Pick<ApplyContext, "clock">,
  record: StoredActivation,
  { serviceGroupId, serviceId }: { serviceGroupId: number; serviceId: number },
  isEnabled: boolean,
): Promise<SeenState> {
  const { account, observed } = context;
  const known = lastKnownState(record);
  let seen = isEnabled;
  if (known !== undefined && known.isActive !== isEnabled) {
    seen = await isActiveNow(account, { serviceGroupId, serviceId });
    // One that an outage or a person speaks against is taken out again at once.
    const isHeld = reasonsInForce(record, context.clock.now()).some(({ kind }) => !provisioningKinds.has(kind));
    if (seen !== known.isActive && !(seen && isHeld))
      await requireShown(context, `${serviceGroupId}/${serviceId} is ${seen ? "active" : "inactive"}`);
    observed.noteActive(serviceId, seen);
  }
  return { isEnabled: seen, change: { observed: seen, observedAfter: markOf(record) } };
}
