import { decideActivation } from "../../../shared/activation/decide-activation.ts";
import { newCarrier, noteIntent } from "../../../shared/activation/intents.ts";
import { openIntents, stateInRingCx } from "../../../shared/activation/reasons.ts";
import { isNamedActiveNow } from "../../../shared/activation/set-active.ts";
import type { ActivationChange, StoredActivation } from "../../../shared/records/account/activation.ts";
import { recordAfter } from "../../../shared/records/account/activation-item.ts";
import { lastKnownState, markOf } from "../../../shared/records/account/known-state.ts";
import { unshownMs } from "../../../shared/ringcx/client/unshown.ts";
import { detectManualChange } from "../evidence/manual-change.ts";
import { manualOutcome } from "../report/service-outcome.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import type { ApplyDependencies } from "./apply-dependencies.ts";
import { applyRecord } from "./apply-record.ts";

/** A service, its record as it was read before RingCX was asked, and by when RingCX must have answered, epoch milliseconds. */
export interface SeenBefore {
  service: WatchedService;
  record: StoredActivation;
  deadline: number;
}

/** A record that says what RingCX has, as far as it could be learned. */
export interface LookedAt {
  record: StoredActivation;
  /** RingCX says something else than the record, which may be older than our own last write. */
  isUnknown: boolean;
  /** RingCX was to be asked, and did not answer in time: what the record says may be what a person has undone. */
  isUnanswered?: true;
}

/** How long RingCX is asked, in milliseconds: where it does not answer the record is believed. */
const lookMs = 2_000;

/**
 * The one door to "it stays as it is": whoever would leave a service alone because the record says that it is so already asks
 * RingCX first, since a person may have clicked since the last sweep. The click goes into the record as that sweep would have
 * found it, so it is older than what is decided now. One GET, and only where no PUT is to be sent.
 *
 * @param change what is decided; nothing where nothing is
 * @returns `undefined` when another writer was quicker
 */
export async function lookFirst(
  dependencies: ApplyDependencies,
  { service, record, deadline }: SeenBefore,
  change: ActivationChange | undefined,
): Promise<LookedAt | undefined> {
  const { clock, ringcxFor } = dependencies;
  const known = lastKnownState(record);
  if (change === undefined) return { record, isUnknown: false };
  const isLeft = decideActivation(recordAfter(record, change, clock.now()), clock.now()).action === "leave";
  // What is under way is looked at by whoever carries it out.
  if (!isLeft || known === undefined || openIntents(record).length > 0) return { record, isUnknown: false };
  const { name } = service;
  const soon = Math.min(deadline, clock.now() + lookMs);
  const account = ringcxFor(name.accountId).account(name.accountId, { priority: "urgent", deadline: soon });
  let isActive: boolean;
  try {
    isActive = await isNamedActiveNow(account, name, service);
  } catch {
    // Nobody can tell; sending it could be told as a change that was none. The sweep compares once RingCX answers.
    return { record, isUnknown: false, isUnanswered: true };
  }
  if (isActive !== known.isActive && unshownMs(Date.parse(known.at), clock.now()) > 0)
    return { record, isUnknown: true };
  const written = await takeInSeen(dependencies, { service, record, deadline }, isActive, { isSure: true });
  return written && { record: written, isUnknown: false };
}

/**
 * What is to be written with a decision so that its PUT is sent although the record says that it is so already: a read
 * that may be old says otherwise, or a person has activated it against a reason, which this decision comes after.
 *
 * @param isActive what is decided
 */
export function sendsAnyway({ record, isUnknown }: LookedAt, isActive: boolean, now: number): ActivationChange {
  if (!isUnknown && stateInRingCx(record, now)?.isActive === isActive) return {};
  return { observed: !isActive, observedAfter: markOf(record) };
}

/**
 * Takes what RingCX says into the record, where that is something else than what is known: a person was at work in the admin
 * page, and that is published.
 *
 * @param isSure what was read is surely newer than what is known, so one look is enough
 * @returns the record as it is then, or `undefined` when another writer was quicker
 */
export async function takeInSeen(
  dependencies: ApplyDependencies,
  { service, record, deadline }: SeenBefore,
  isActive: boolean,
  { isSure }: { isSure: boolean },
): Promise<StoredActivation | undefined> {
  const { activation, clock } = dependencies;
  const now = clock.now();
  const found = detectManualChange(record, isActive, now, isSure);
  if (!found) return record;
  const carrier = newCarrier(deadline);
  const noted =
    found.report &&
    noteIntent(
      record,
      { isActive, because: found.report.because, isApplied: true },
      { carrier, now, outcomeOf: manualOutcome(service, found.report, now) },
    );
  // Whoever wrote since then knows more than what was read did.
  const written = await activation.changeIf(service.name, record, { ...found.change, ...noted });
  if (!written || !noted) return written;
  return (await applyRecord(dependencies, service, written, { carrier, deadline })).record;
}
