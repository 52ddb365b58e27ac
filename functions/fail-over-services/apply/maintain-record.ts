import { isDeepStrictEqual } from "node:util";
import { decideActivation } from "../../../shared/activation/decide-activation.ts";
import { expiredHolds } from "../../../shared/activation/reasons.ts";
import type { ActivationChange, StoredActivation } from "../../../shared/records/account/activation.ts";
import { type FailoverMemory, failoverAttributes } from "../../../shared/records/account/failover-memory.ts";
import { type Outage, outageIn, type ServiceSnapshot } from "../outage/outage-decision.ts";
import { serviceCause } from "../report/service-outcome.ts";
import { type ApplyDependencies, applyRecord } from "./apply-record.ts";
import { servicePlace } from "./blast-radius.ts";

/**
 * What is due when no outage opens and none closes, in every mode: remembers what was seen, ends what a person ordered
 * for a time, and repairs the drift that a crash has left behind.
 *
 * @param nextMemory what is to be remembered from now on
 * @param learned the open outage with what is known of it now
 * @returns the record as it is then, or `undefined` when another writer was quicker
 */
export async function maintainRecord(
  dependencies: ApplyDependencies,
  { service, record, memory, deadline, evidence }: ServiceSnapshot,
  nextMemory: FailoverMemory,
  learned?: Outage,
): Promise<StoredActivation | undefined> {
  const { activation, blastRadius, clock } = dependencies;
  const now = clock.now();
  const expired = expiredHolds(record, now);
  const isLearned = learned !== undefined && !isDeepStrictEqual(learned, outageIn(record));
  const change: ActivationChange = {
    ...expired?.change,
    ...(isLearned && { add: [learned] }),
    ...(!isDeepStrictEqual(nextMemory, memory) && { writerAttributes: failoverAttributes({ memory: nextMemory }) }),
  };
  const isChanged = Object.keys(change).length > 0;
  const written = isChanged ? await activation.changeIf(service.name, record, change) : record;
  if (!written) return undefined;
  if (isLearned && learned.confirmedByProbe) await blastRadius.release(servicePlace(service.name));
  if (!expired && !hasDrifted(record, now)) return written;
  const because = expired?.because ?? "drift repaired: RingCX was not as the activation record says";
  const cause = serviceCause(service, "repair", new Date(now).toISOString(), undefined);
  const report = { service, because, cause, alarms: evidence.alarms };
  return (await applyRecord(dependencies, report, written, deadline)).record;
}

/** Longer than a function runs: whoever wrote the record has applied it by then, or died. In milliseconds. */
const appliedWithinMs = 60_000;

/** Somebody died between the record and RingCX. Of a service of which we know nothing we presume nothing. */
function hasDrifted(record: StoredActivation, now: number): boolean {
  if (record.lastAppliedState === undefined && record.observed === undefined) return false;
  const isApplied = record.changedAt === undefined || now - Date.parse(record.changedAt) >= appliedWithinMs;
  return isApplied && decideActivation(record, now).action !== "leave";
}
