import * as z from "zod";
import type { Clock } from "../primitives/clock.ts";
import type { Key, StateTable } from "./table.ts";
import { parseItem } from "./unreadable-item.ts";

/** Who may write something that RingCX does not protect: one holder at a time, until its time is up. */
export interface Lease {
  /** An invocation, by its request id. */
  holder: string;
  /** Epoch milliseconds. */
  until: number;
}

/**
 * How much longer than the invocation of its holder a lease lives, in milliseconds: the Lambda's own margin and the
 * spread of clocks. RingCX cannot honour fencing numbers, so a lease must outlive its holder.
 */
export const leaseMarginMs = 30_000;

/** The lease of a holder. @param deadline epoch milliseconds by which it has stopped writing */
export function leaseOf({ holder, deadline }: { holder: string; deadline: number }): Lease {
  return { holder, until: deadline + leaseMarginMs };
}

/** Whether somebody else holds it. What this holder left behind, in an earlier try, is its own. */
export function isHeldByAnother(lease: Lease | undefined, holder: string, now: number): lease is Lease {
  return lease !== undefined && lease.holder !== holder && lease.until > now;
}

/** Whether its time is up. @param until epoch milliseconds, 0 for a lease that nobody holds */
export function isExpired({ until }: Pick<Lease, "until">, now: number): boolean {
  return until <= now;
}

/**
 * Gives a lease back, and once more where that fails: left behind it keeps everybody else out until its time is up.
 *
 * @param attempt looks whose it is now, and has no effect where it is nobody's or somebody else's
 * @throws what the second attempt throws
 */
export async function giveBack(attempt: () => Promise<unknown>): Promise<void> {
  try {
    await attempt();
  } catch {
    await attempt();
  }
}

/**
 * Writes a lease down. Where the answer is lost it may be written all the same, and is given back.
 *
 * @param attempt as {@link giveBack} takes it
 */
export async function takeOrGiveBack<Taken>(
  take: () => Promise<Taken>,
  attempt: () => Promise<unknown>,
): Promise<Taken> {
  try {
    return await take();
  } catch (error) {
    await giveBack(attempt).catch(() => undefined);
    throw error;
  }
}

/** A lease as it is stored; one that names nobody is nobody's. */
const leaseSchema = z.object({ holder: z.string().default(""), until: z.number().default(0) });

/** How long to wait before asking again for a lease that somebody else was quicker to take, in milliseconds. */
const lostRaceMs = 1_000;

/**
 * Takes a lease that is an item of its own until it is released or runs out.
 *
 * @param key where the lease is kept; nothing else may be kept there
 * @param deadline epoch milliseconds by which the holder has stopped writing
 * @returns how to give it back, or how long somebody else may hold it (milliseconds)
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export async function acquireLease(
  { table, clock }: { table: StateTable; clock: Clock },
  key: Key,
  { holder, deadline }: { holder: string; deadline: number },
): Promise<{ release: () => Promise<void> } | { heldForMs: number }> {
  const item = await table.get(key);
  const current = item && parseItem(leaseSchema, item);
  if (isHeldByAnother(current, holder, clock.now())) return { heldForMs: current.until - clock.now() };
  const free = async () => {
    const mine = await table.get(key);
    if (mine?.holder === holder) await table.delete(key, mine.version);
  };
  const take = () => table.put({ ...key, ...leaseOf({ holder, deadline }) }, item?.version ?? "absent");
  if ((await takeOrGiveBack(take, free)) === false) return { heldForMs: lostRaceMs };
  return { release: () => giveBack(free) };
}
