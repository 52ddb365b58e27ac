import { isDeepStrictEqual } from "node:util";
import { decideActivation } from "../../../shared/activation/decide-activation.ts";
import { expiredHolds } from "../../../shared/activation/reasons.ts";
import type { ActivationChange, StoredActivation } from "../../../shared/records/account/activation.ts";
import type { Watch } from "../../../shared/records/account/failover-memory.ts";
import { type Outage, outageIn, type Scene } from "../outage/outage-decision.ts";
import { causeOf } from "../report/outage-wording.ts";
import type { ApplyDependencies } from "./switch-service.ts";
import { follow } from "./switch-service.ts";

/**
 * What is due when nothing begins and nothing ends, in every mode: remembers what was seen, ends what a person ordered
 * for a time, and mends what a crash has left half done.
 *
 * @param learned the open outage with what is known of it now
 * @returns the record as it is then, or `undefined` when another writer was quicker
 */
export async function keepUp(
  parts: ApplyDependencies,
  { service, record, watch, deadline, evidence }: Scene,
  nextWatch: Watch,
  learned?: Outage,
): Promise<StoredActivation | undefined> {
  const now = parts.clock.now();
  const ended = expiredHolds(record, now);
  const isLearned = learned !== undefined && !isDeepStrictEqual(learned, outageIn(record));
  const change: ActivationChange = {
    ...ended?.change,
    ...(isLearned && { add: [learned] }),
    ...(!isDeepStrictEqual(nextWatch, watch) && { writerAttributes: { watch: nextWatch } }),
  };
  const isChanged = Object.keys(change).length > 0;
  const written = isChanged ? await parts.activation.changeIf(service.name, record, change) : record;
  if (!written) return undefined;
  if (isLearned && learned.confirmedByProbe) await parts.blastRadius.release(service.name);
  if (!ended && !hasComeApart(record, now)) return written;
  const because = ended?.because ?? "RingCX and the activation record had come apart";
  const cause = causeOf(service, "repair", new Date(now).toISOString(), undefined);
  const switching = { service, because, cause, alarms: evidence.alarms, deadline };
  return (await follow(parts, switching, written)).record;
}

/** Longer than a function runs: whoever wrote the record has followed it by then, or died. In milliseconds. */
const followedMs = 60_000;

/** Somebody died between the record and RingCX. Of a service of which we know nothing we presume nothing. */
function hasComeApart(record: StoredActivation, now: number): boolean {
  if (record.lastAppliedState === undefined && record.observed === undefined) return false;
  const isFollowed = record.changedAt === undefined || now - Date.parse(record.changedAt) >= followedMs;
  return isFollowed && decideActivation(record, now).action !== "leave";
}
