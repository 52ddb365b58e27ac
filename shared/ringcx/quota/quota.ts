import type { Clock, Random } from "../../primitives/clock.ts";
import { contendedError, retryLostWrites } from "../../state/conditional-write.ts";
import { type OnUnreadable, readOrRebuild } from "../../state/rebuilt-item.ts";
import type { Expected, StateTable } from "../../state/table.ts";
import { QuotaDeferredError } from "./quota-deferred-error.ts";
import { plausibleWindow, quotaWindowKey, type StoredWindow, toItem } from "./quota-item.ts";
import type { Priority, WindowSettings } from "./quota-policy.ts";
import {
  type ClaimDecision,
  decideCapacity,
  decideClaim,
  paused,
  pruned,
  type QuotaWindow,
  usedUpWindow,
} from "./quota-window.ts";

/** Whether some calls would get their slots now; if not, when it is worth asking again (milliseconds). */
export type Capacity = { fits: true } | { fits: false; retryAfterMs: number };

/** The slots that RingCX's rate limit leaves, shared by everything that runs. */
export interface Quota {
  /** Resolves when the request may be sent now. Throws `QuotaDeferredError` when that would take too long. */
  claim(priority: Priority, options?: ClaimOptions): Promise<void>;
  /** Reads ahead, so that a claim that follows at once is one write and no read. Takes no slot. */
  prepare(): Promise<void>;
  /** Would that many calls go now? Takes no slot. */
  hasCapacity(calls: number, priority: Priority): Promise<Capacity>;
  /** When the last write was let through, whoever sent it: epoch milliseconds, or `undefined`. Takes no slot. */
  lastWriteAt(): Promise<number | undefined>;
  /** A 429 was seen: nobody sends for so long, or for a while that grows. */
  pause(retryAfterMs?: number): Promise<void>;
}

/** How a slot is claimed. */
export interface ClaimOptions {
  /** Epoch milliseconds by which it must have come. */
  deadline?: number | undefined;
  /** Something may be changed by the request: reads may show it a little later only. @default false */
  isWrite?: boolean;
}

/** What a quota is made of. */
export interface QuotaOptions {
  /** What counts together: a sub-account, or everything of a connection. */
  scope: string;
  settings: WindowSettings;
  table: StateTable;
  clock: Clock;
  random: Random;
  /**
   * How late a slot may be used, in milliseconds; a later one is given back and claimed anew. Part of the guard:
   * guard = tolerance + clock skew between processes + spread of the network delay. @default 60
   */
  toleranceMs?: number;
  /** How far ahead `bulk` and `rotation` reserve, in milliseconds: nobody pays for a sleeping Lambda. @default 1000 */
  horizonMs?: number;
  /** How long `urgent` waits when its caller states no deadline, in milliseconds. @default 60000 */
  patienceMs?: number;
  /** Is told of a window that could not be read, and now counts as just used up. */
  onUnreadable?: OnUnreadable | undefined;
}

/** For how long what was read ahead is worth a try, in milliseconds: then others have probably written. */
const readAheadMs = 1_000;

/** How often a slot may be missed before the call is put off: a table that slow serves nobody in time. */
const maxMissedSlots = 20;

/** When a call asks again that others kept from writing the window, in milliseconds. */
const contendedRetryMs = 1_000;

/**
 * The quota of one scope in the state table, shared by every process: one read and one conditional write a call.
 * When the table cannot be reached its error is the caller's: without it nothing could be done anyway.
 */
export function createQuota(options: QuotaOptions): Quota {
  const { scope, settings, table, clock, random, onUnreadable } = options;
  const { toleranceMs = 60, horizonMs = 1_000, patienceMs = 60_000 } = options;
  const key = quotaWindowKey(scope);
  let ahead: { stored: StoredWindow; at: number } | undefined;

  async function readWindow(): Promise<StoredWindow> {
    return readOrRebuild({ table, clock, random, onUnreadable }, key, {
      parse: (item) => plausibleWindow(item, clock.now(), settings),
      // As if it had just been used up: nobody can know what was sent in the last minute.
      safe: () => toItem(usedUpWindow(clock.now(), settings)),
    });
  }

  async function write(window: QuotaWindow, version: Expected): Promise<boolean> {
    const last = Math.max(window.pausedUntil, window.grants.at(-1) ?? 0);
    // Long after its last grant has left the window the item says nothing any more.
    const expiresAt = Math.ceil((last + 2 * settings.windowMs) / 1000) + 3_600;
    return (await table.put({ ...key, ...toItem(window), expiresAt }, version)) !== false;
  }

  /** What was read ahead, once: whoever comes next at the same time reads. */
  function takeAhead(): StoredWindow | undefined {
    const isFresh = ahead !== undefined && clock.now() - ahead.at < readAheadMs;
    const stored = isFresh ? ahead?.stored : undefined;
    ahead = undefined;
    return stored;
  }

  /** Takes a slot: its time (epoch milliseconds), or when to ask again. */
  async function take(
    decide: (window: QuotaWindow, now: number) => ClaimDecision,
  ): Promise<{ at: number } | { retryAfterMs: number }> {
    let known = takeAhead();
    const taken = await retryLostWrites({ clock, random }, async () => {
      const early = known;
      known = undefined;
      let { window, version } = early ?? (await readWindow());
      let decision = decide(window, clock.now());
      // What was read ahead may be old. A write finds that out; an answer without a write must be read for.
      if (early && decision.kind === "deferred") {
        ({ window, version } = await readWindow());
        decision = decide(window, clock.now());
      }
      if (decision.kind === "deferred") return decision;
      return (await write(decision.window, version)) ? decision : undefined;
    });
    return taken ?? { retryAfterMs: contendedRetryMs };
  }

  return {
    async claim(priority, { deadline = clock.now() + patienceMs, isWrite = false } = {}) {
      let unused: number | undefined;
      let leadMs = 0;
      for (let missed = 0; missed < maxMissedSlots; missed += 1) {
        const slot = await take((window, now) => {
          const withoutUnused = unused === undefined ? window : { ...window, grants: without(window.grants, unused) };
          const patience = Math.min(deadline - now, priority === "urgent" ? Number.POSITIVE_INFINITY : horizonMs);
          const decision = decideClaim(withoutUnused, now, priority, settings, Math.max(0, patience), leadMs);
          if (decision.kind === "deferred" || !isWrite) return decision;
          const wroteAt = Math.max(window.wroteAt, decision.at);
          return { ...decision, window: { ...decision.window, wroteAt } };
        });
        if ("retryAfterMs" in slot) throw new QuotaDeferredError({ retryAfterMs: slot.retryAfterMs, scope, priority });
        const waitMs = slot.at - clock.now();
        if (waitMs > 0) await clock.sleep(waitMs);
        const lateMs = clock.now() - slot.at;
        if (lateMs <= toleranceMs) return;
        // Sent now it could meet a window that it was not counted in. The next slot lies as far ahead as this
        // one was missed by, so that a slow table does not miss it again.
        unused = slot.at;
        leadMs = Math.min(2 * lateMs, horizonMs / 2);
      }
      throw new QuotaDeferredError({ retryAfterMs: contendedRetryMs, scope, priority });
    },

    async prepare() {
      ahead = { stored: await readWindow(), at: clock.now() };
    },

    async hasCapacity(calls, priority) {
      const { window } = await readWindow();
      return decideCapacity(window, clock.now(), calls, priority, settings, horizonMs);
    },

    async lastWriteAt() {
      const { window } = await readWindow();
      return window.wroteAt === 0 ? undefined : window.wroteAt;
    },

    async pause(retryAfterMs) {
      const isPaused = await retryLostWrites({ clock, random }, async () => {
        const { window, version } = await readWindow();
        const now = clock.now();
        const next = paused(window, now, retryAfterMs, random(), settings);
        if (next === window) return true;
        return (await write({ ...next, grants: pruned(next.grants, now, settings) }, version)) || undefined;
      });
      if (!isPaused) throw contendedError(`the quota's window of ${scope}`);
    },
  };
}

/** The grants less one that was not used. */
function without(grants: readonly number[], unused: number): readonly number[] {
  const index = grants.indexOf(unused);
  return index < 0 ? grants : [...grants.slice(0, index), ...grants.slice(index + 1)];
}
