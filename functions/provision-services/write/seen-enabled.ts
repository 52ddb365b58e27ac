import { isActiveNow } from "../../../shared/activation/set-active.ts";
import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import { lastKnownState, markOf } from "../../../shared/records/account/known-state.ts";
import { type DoubtedAccount, requireShown } from "../read/require-shown.ts";

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
  context: DoubtedAccount,
  record: StoredActivation,
  { serviceGroupId, serviceId }: { serviceGroupId: number; serviceId: number },
  isEnabled: boolean,
): Promise<SeenState> {
  const { account, observed } = context;
  const known = lastKnownState(record);
  let seen = isEnabled;
  if (known !== undefined && known.isActive !== isEnabled) {
    seen = await isActiveNow(account, { serviceGroupId, serviceId });
    // Seen active against the record, it is taken out again at once; seen inactive, a person would have done it.
    if (!seen && known.isActive) await requireShown(context, `${serviceGroupId}/${serviceId} is inactive`);
    observed.noteActive(serviceId, seen);
  }
  return { isEnabled: seen, change: { observed: seen, observedAfter: markOf(record) } };
}
