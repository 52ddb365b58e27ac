import * as z from "zod";
import type { Health } from "../../../shared/contract/fields/health.ts";

/** The guards against failover itself. */
export const guardsSchema = z.strictObject({
  flap: z
    .strictObject({
      /** So many outages ... */
      openings: z.int().min(2).default(3),
      /** ... within so many minutes latch the service ... */
      withinMinutes: z.int().min(1).default(60),
      /** ... until it has been quiet for so many minutes. */
      quietMinutes: z.int().min(1).default(30),
    })
    .prefault({}),
  blastRadius: z
    .strictObject({
      /** Largest share of an account's services (one at least) that is deactivated ... */
      share: z.number().gt(0).max(1).default(0.2),
      /** ... within so many minutes for outages that no probe confirms. */
      withinMinutes: z.int().min(1).default(15),
    })
    .prefault({}),
});
export type Guards = z.output<typeof guardsSchema>;

/** How one service's outages are decided: the manifest's word, or else the environment's. */
export interface Policy {
  recovery: "automatic" | "manual";
  recoverAfterSeconds: number;
  probesInARow: number;
  /** There is a request that may be repeated to see whether it works. */
  isProbed: boolean;
  /** Failed probes alone begin an outage. */
  isWatchedByProbe: boolean;
  neverDeactivate: boolean;
  flap: Guards["flap"];
}

export function policyOf(
  health: Health,
  isProbed: boolean,
  settings: { recoverAfterSeconds: number; probesInARow: number; guards: Guards },
): Policy {
  return {
    recovery: health.recovery ?? "automatic",
    recoverAfterSeconds: health.recoverAfterSeconds ?? settings.recoverAfterSeconds,
    probesInARow: settings.probesInARow,
    isProbed,
    isWatchedByProbe: isProbed && health.watch === "probe",
    neverDeactivate: health.neverDeactivate ?? false,
    flap: settings.guards.flap,
  };
}
