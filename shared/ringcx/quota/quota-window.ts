import { type Priority, reserveOf, type WindowSettings } from "./quota-policy.ts";

/**
 * The recent and reserved grants of one scope. RingCX does not say whether its window slides or is fixed, so we
 * keep within the limit for *any* alignment: no `limit + 1` grants ever lie within one window (plus the guard).
 */
export interface QuotaWindow {
  /**
   * Times of the grants, ascending, epoch milliseconds; those after `now` are reservations. After a 429 also what
   * others must have used.
   */
  readonly grants: readonly number[];
  /** Nothing is sent before this moment (epoch milliseconds): a 429 was seen. 0 when there was none. */
  readonly pausedUntil: number;
  /** 429s seen one soon after the other; those during one pause count as one. */
  readonly refusals: number;
  /** When something other than a read was let through last, epoch milliseconds. 0 when nothing was. */
  readonly wroteAt: number;
}

/** Of a scope that nobody has used yet. */
export const emptyWindow: QuotaWindow = { grants: [], pausedUntil: 0, refusals: 0, wroteAt: 0 };

/** Of a scope of which it is not known what was sent: as if all of it had been used up at `now`. */
export function usedUpWindow(now: number, { limit }: WindowSettings): QuotaWindow {
  return { ...emptyWindow, grants: Array.from({ length: limit }, () => now), wroteAt: now };
}

/** What a claim gets. */
export type ClaimDecision =
  /** Send at `at` (epoch milliseconds), once `window` has been written. */
  | { kind: "granted"; at: number; window: QuotaWindow }
  /** There is no slot within the horizon. Asked again in `retryAfterMs`, the first one that gets free can be reserved. */
  | { kind: "deferred"; retryAfterMs: number };

/**
 * Which slot a call gets: the earliest admissible time, not before a pause is over.
 *
 * @param now epoch milliseconds
 * @param horizonMs how far ahead a slot may be reserved
 * @param leadMs how far ahead it must be at least
 */
export function decideClaim(
  window: QuotaWindow,
  now: number,
  priority: Priority,
  settings: WindowSettings,
  horizonMs: number,
  leadMs = 0,
): ClaimDecision {
  const at = earliestSlot(window, now + leadMs, priority, settings);
  // Half a horizon early: whoever comes back a little late still gets the slot at its first moment.
  if (at > now + horizonMs) return { kind: "deferred", retryAfterMs: at - now - Math.floor(horizonMs / 2) };
  const grants = inserted(pruned(window.grants, now, settings), at);
  return { kind: "granted", at, window: { ...window, grants } };
}

/**
 * Whether so many calls would get their slots within the horizon. A number that no window can hold is asked for as
 * the most that one can, or it would never start.
 */
export function decideCapacity(
  window: QuotaWindow,
  now: number,
  calls: number,
  priority: Priority,
  settings: WindowSettings,
  horizonMs: number,
): { fits: true } | { fits: false; retryAfterMs: number } {
  const reserved = Math.max(0, ...reserveOf(priority, settings).soon.map(({ slots }) => slots));
  const asked = Math.min(calls, Math.max(1, Math.floor((settings.limit - reserved) / 2)));
  let last = now;
  let claimed = window;
  for (let call = 0; call < asked; call += 1) {
    last = earliestSlot(claimed, now, priority, settings);
    claimed = { ...claimed, grants: inserted(claimed.grants, last) };
  }
  if (last <= now + horizonMs) return { fits: true };
  return { fits: false, retryAfterMs: last - now - Math.floor(horizonMs / 2) };
}

/**
 * The window after a 429: nobody sends for `retryAfterMs`, or, when RingCX did not say, for a
 * time that doubles with every 429 in a row (a hundredth of the window at first, a whole one at most) and is spread
 * by half. 429s during a pause answer requests that were under way when it began: the same incident, no longer pause.
 *
 * A 429 says that the limit is used up, so what we did not use ourselves somebody else did. When is not known; spread
 * over the last window it lets `bulk` leave the reserve to `urgent` with another client on the same limit, too.
 *
 * @param chance in [0, 1)
 */
export function paused(
  window: QuotaWindow,
  now: number,
  retryAfterMs: number | undefined,
  chance: number,
  settings: WindowSettings,
): QuotaWindow {
  const { windowMs } = settings;
  if (retryAfterMs === undefined && now < window.pausedUntil) return window;
  const backoffMs = (refusals: number) => Math.min(windowMs, (windowMs / 100) * 2 ** (refusals - 1));
  // A twelfth of a window: when it is over, the first slot of a used-up log may lie some seconds ahead.
  const isInARow = now < window.pausedUntil + Math.max(windowMs / 12, backoffMs(window.refusals));
  const refusals = isInARow ? window.refusals + 1 : 1;
  const pauseMs = retryAfterMs ?? backoffMs(refusals) * (0.5 + chance / 2);
  return {
    grants: usedUp(window.grants, now, settings),
    refusals,
    pausedUntil: Math.max(window.pausedUntil, now + Math.ceil(pauseMs)),
    wroteAt: window.wroteAt,
  };
}

/** The grants and, evenly over the last window, as many more as fill it. */
function usedUp(grants: readonly number[], now: number, { limit, windowMs }: WindowSettings): readonly number[] {
  const own = firstAfter(grants, now) - firstAfter(grants, now - windowMs);
  const others = Math.max(0, limit - own);
  const times = Array.from({ length: others }, (_, index) => Math.ceil(now - (windowMs * (index + 0.5)) / others));
  return [...grants, ...times].sort((a, b) => a - b);
}

/** Grants that can still share a window with a new one. Keeps the item bounded. */
export function pruned(grants: readonly number[], now: number, settings: WindowSettings): readonly number[] {
  const first = firstAfter(grants, now - spanOf(settings));
  return first === 0 ? grants : grants.slice(first);
}

function earliestSlot(
  { grants, pausedUntil }: QuotaWindow,
  from: number,
  priority: Priority,
  settings: WindowSettings,
): number {
  const start = Math.max(from, pausedUntil);
  if (isAdmissible(grants, start, priority, settings)) return start;
  // A slot gets free when a grant leaves the window, or leaves what the reserve counts.
  const span = spanOf(settings);
  const ahead = [0, ...reserveOf(priority, settings).soon.map(({ withinMs }) => withinMs)];
  const freeTimes = grants.flatMap((grant) => ahead.map((ms) => grant + span - ms)).sort((a, b) => a - b);
  const free = freeTimes.find((time) => time > start && isAdmissible(grants, Math.ceil(time), priority, settings));
  // When the last grant has left, every slot is free, so there always is one; the fallback is for the types.
  return free === undefined ? start + span : Math.ceil(free);
}

function isAdmissible(grants: readonly number[], at: number, priority: Priority, settings: WindowSettings): boolean {
  const { limit } = settings;
  const span = spanOf(settings);
  const all = inserted(grants, at);
  const { atOnce, soon } = reserveOf(priority, settings);
  // After this one, `atOnce` more at the same moment must be admissible too.
  const position = firstAfter(all, at) - 1;
  const width = limit - atOnce;
  for (let first = Math.max(0, position - width); first <= position; first += 1) {
    const last = all[first + width];
    if (last !== undefined && last - (all[first] ?? 0) < span) return false;
  }
  // What is left at the end of that time: grants that by then have not left the window.
  return soon.every(({ slots, withinMs }) => all.length - firstAfter(all, at + withinMs - span) <= limit - slots);
}

/** Length of the window that we keep, in milliseconds. */
function spanOf({ windowMs, guardMs }: WindowSettings): number {
  return windowMs + guardMs;
}

function inserted(grants: readonly number[], at: number): readonly number[] {
  const position = firstAfter(grants, at);
  return [...grants.slice(0, position), at, ...grants.slice(position)];
}

/** Index of the first grant later than `time`. */
function firstAfter(grants: readonly number[], time: number): number {
  let low = 0;
  let high = grants.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((grants[middle] ?? 0) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
