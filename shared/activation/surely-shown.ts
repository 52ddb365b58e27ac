import type { ActivationRecord, Intent } from "../records/account/activation.ts";
import { lastKnownState } from "../records/account/known-state.ts";
import { unshownMs } from "../ringcx/client/unshown.ts";
import { openIntents } from "./reasons.ts";

/**
 * The one question before a read is believed that confirms, or denies, a write of ours which was not answered: it may be older
 * than what we last knew, or wrote, to the contrary, and show what was before that. Pure.
 *
 * @param isActive what RingCX showed
 * @param now when, epoch milliseconds
 */
export function isSurelyShown(record: ActivationRecord, isActive: boolean, now: number): boolean {
  const known = lastKnownState(record);
  const tried = openIntents(record).filter((one) => one.isActive !== isActive);
  const contrary = [
    known && known.isActive !== isActive ? known.at : undefined,
    ...tried.map(({ triedAt }) => triedAt),
  ];
  return contrary.every((at) => at === undefined || !(unshownMs(Date.parse(at), now) > 0));
}

/**
 * A record's intents, of which RingCX may have been called for one. Pure.
 *
 * @param at until then at the latest, epoch milliseconds
 * @param more what else is noted of it
 */
export function withTried(
  { intents = [] }: Pick<ActivationRecord, "intents">,
  { generation }: Pick<Intent, "generation">,
  at: number,
  more: Partial<Intent> = {},
): readonly Intent[] {
  const triedAt = new Date(at).toISOString();
  return intents.map((one) => (one.generation === generation ? { ...one, triedAt, ...more } : one));
}
