import { isDeepStrictEqual } from "node:util";
import { decideActivation } from "../../../shared/activation/decide-activation.ts";
import { changedRecord, newCarrier, withIntent } from "../../../shared/activation/intents.ts";
import { expiredHolds } from "../../../shared/activation/reasons.ts";
import type { ActivationChange, StoredActivation } from "../../../shared/records/account/activation.ts";
import { recordAfter } from "../../../shared/records/account/activation-item.ts";
import {
  type FailoverMemory,
  failoverAttributes,
  failoverMemoryOf,
} from "../../../shared/records/account/failover-memory.ts";
import { type Outage, outageIn, type ServiceSnapshot } from "../outage/outage-decision.ts";
import { holdOverOutcome } from "../report/guard-outcomes.ts";
import { recordOutcome } from "../report/service-outcome.ts";
import { toPublish } from "./admit-deactivation.ts";
import type { ApplyDependencies } from "./apply-dependencies.ts";
import { applyRecord } from "./apply-record.ts";
import { servicePlace } from "./blast-radius.ts";

/**
 * What is due when no outage opens and none closes, in every mode: remembers what was seen, ends what a person ordered
 * for a time, and does what another process has noted and left behind.
 *
 * @param nextMemory what is to be remembered from now on
 * @param learned the open outage with what is known of it now
 * @returns the record as it is then, or `undefined` when another writer was quicker
 */
export async function maintainRecord(
  dependencies: ApplyDependencies,
  snapshot: ServiceSnapshot,
  nextMemory: FailoverMemory,
  learned?: Outage,
): Promise<StoredActivation | undefined> {
  const { activation, blastRadius, clock } = dependencies;
  const { service, record, deadline } = snapshot;
  const now = clock.now();
  const carrier = newCarrier(deadline);
  const expired = expiredHolds(record, now);
  const isLearned = learned !== undefined && !isDeepStrictEqual(learned, outageIn(record));
  const remembered: ActivationChange = {
    ...expired?.change,
    ...(isLearned && { add: [learned] }),
    ...(!isDeepStrictEqual(nextMemory, failoverMemoryOf(record)) && {
      writerAttributes: failoverAttributes({ memory: nextMemory }),
    }),
  };
  const because = expired?.because;
  const noted = because
    ? withIntent(record, remembered, {
        carrier,
        now,
        because: { words: because },
        outcomeOf: recordOutcome(service, changedRecord(record, remembered), now),
      })
    : { change: remembered, decision: undefined };
  // Of flapping nobody was told that it comes back then, but that it does not before.
  const isWaitedFor = expired !== undefined && !isDeepStrictEqual(expired.change, { remove: ["FLAPPING"] });
  const news =
    because !== undefined && isWaitedFor && noted.decision?.action === "leave"
      ? holdOverOutcome(service, because, recordAfter(record, remembered, now), now)
      : undefined;
  const change = news ? { ...remembered, ...toPublish(record, news, carrier, now) } : noted.change;
  const isChanged = Object.keys(change).length > 0;
  const written = isChanged ? await activation.changeIf(service.name, record, change) : record;
  if (!written) return undefined;
  if (isLearned && learned.confirmedByProbe) await blastRadius.release(servicePlace(service.name));
  const isLeft = written.intents !== undefined || (!expired && hasDrifted(written, now));
  return isLeft ? (await applyRecord(dependencies, service, written, { carrier, deadline, snapshot })).record : written;
}

/** Longer than a function runs: whoever wrote the record has noted what it does by then, or died. In milliseconds. */
const notedWithinMs = 60_000;

/**
 * Another function has changed the record and died before it noted what is to be done in RingCX: a moment, since
 * failover itself writes both at once. Of a service of which we know nothing we presume nothing.
 */
function hasDrifted(record: StoredActivation, now: number): boolean {
  if (record.lastAppliedState === undefined && record.observed === undefined) return false;
  const isNoted = record.changedAt === undefined || now - Date.parse(record.changedAt) >= notedWithinMs;
  return isNoted && decideActivation(record, now).action !== "leave";
}
