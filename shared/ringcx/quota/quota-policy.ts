import * as z from "zod";

/**
 * Whose turn it is when the quota is short: `urgent` is failover, `bulk` is provisioning, `wave` is a large message of it, which
 * leaves small ones their places.
 */
export type Priority = "urgent" | "rotation" | "bulk" | "wave";

/** How much of RingCX's quota we use. Source: RingCX, "Rate Limiting & Stability" (120 requests a minute). */
export const quotaSettingsSchema = z.strictObject({
  /** Requests in any window. @default 120 */
  limit: z.int().min(1).max(100_000).default(120),
  /** Length of the window in milliseconds. @default 60000 */
  windowMs: z.int().min(1).max(3_600_000).default(60_000),
  /** Tolerance + clock skew + spread of the network delay, in milliseconds. @default 700 */
  guardMs: z.int().min(0).max(60_000).default(700),
  /** What the limit counts: each sub-account by itself, or everything of this connection. @default "account" */
  scope: z.enum(["account", "connection"]).default("account"),
});

/** How much of the quota we use, complete. */
export type QuotaSettings = z.output<typeof quotaSettingsSchema>;

/** What a window is reckoned by: its limit, its length and our guard. */
export type WindowSettings = Pick<QuotaSettings, "limit" | "windowMs" | "guardMs">;

/** What must stay free after a grant. */
export interface Reserve {
  /** So many slots at once. */
  atOnce: number;
  /** So many slots within so many milliseconds. */
  soon: readonly { slots: number; withinMs: number }[];
}

/**
 * What must stay free after a grant, so that an outage in the middle of a wave is not kept waiting: so many slots
 * at once, so many within a sixth of a window. At 120 a minute `bulk` leaves 2 and 20 (in 10 seconds). `wave` leaves 10 more
 * within a quarter of a window, 15 seconds: an even flow leaves as many by itself, so that it costs a wave nothing but the beginning.
 */
export function reserveOf(priority: Priority, { limit, windowMs }: Omit<WindowSettings, "guardMs">): Reserve {
  // Never all there is: the call itself needs a slot.
  const share = (part: number) => Math.min(limit - 1, Math.ceil(limit / part));
  const soon = (part: number) => ({ slots: share(part), withinMs: windowMs / 6 });
  switch (priority) {
    case "urgent":
      return { atOnce: 0, soon: [] };
    case "rotation":
      return { atOnce: share(120), soon: [soon(12)] };
    case "bulk":
      return { atOnce: share(60), soon: [soon(6)] };
    case "wave":
      return { atOnce: share(60), soon: [soon(6), { slots: share(4), withinMs: windowMs / 4 }] };
  }
}
