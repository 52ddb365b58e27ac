import { mustFollow } from "../../../shared/contract/footprint.ts";
import type { OpenMessage } from "../../../shared/records/account/open-message.ts";

/** What selection needs of an open message. */
type Waiting = Pick<OpenMessage, "footprint" | "notBefore" | "workedAt">;

/** Messages that need not wait for an earlier one: for no resource does their order matter. */
export function unblocked<Message extends Waiting>(open: readonly Message[]): Message[] {
  return open.filter((message, index) =>
    open.slice(0, index).every((earlier) => !mustFollow(message.footprint, earlier.footprint)),
  );
}

/**
 * The message that is worked on next: of those that are due and need not wait for an earlier one the one that has waited
 * longest since its last turn, so that a large message and a small one take turns.
 *
 * @param open in the order in which they were taken in
 * @param now epoch milliseconds
 */
export function nextMessage<Message extends Waiting>(open: readonly Message[], now: number): Message | undefined {
  const due = unblocked(open).filter(({ notBefore }) => notBefore <= now);
  return due.toSorted((a, b) => a.workedAt - b.workedAt)[0];
}

/** In how many milliseconds there is something to do again; `undefined` when nothing is open. */
export function nextInMs(open: readonly Waiting[], now: number): number | undefined {
  const times = unblocked(open).map(({ notBefore }) => Math.max(0, notBefore - now));
  return times.length === 0 ? undefined : Math.min(...times);
}
