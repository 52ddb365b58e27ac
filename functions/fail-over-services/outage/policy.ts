import { mayTakeOut } from "../../../shared/activation/may-take-out.ts";
import { isProbed } from "../evidence/probe-service.ts";
import type { FailoverSettings, Guards } from "../settings.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";

/** How one service's outages are decided: the manifest's word, or else the environment's. */
export interface Policy {
  recovery: "automatic" | "manual";
  recoverAfterSeconds: number;
  probesInARow: number;
  /** There is a request that may be repeated to see whether it works. */
  isProbed: boolean;
  /** Failed probes alone open an outage. */
  isWatchedByProbe: boolean;
  /** An outage is reported, but the service stays active. */
  neverDeactivate: boolean;
  /** Failover may take it out now: mode, manifest and what speaks for it let it. */
  mayTakeOut: boolean;
  flap: Guards["flap"];
}

/** How the outages of one service are decided. Pure. */
export function policyOf(
  service: WatchedService,
  settings: Pick<FailoverSettings, "recoverAfterSeconds" | "probesInARow" | "guards" | "mode">,
): Policy {
  const { health } = service;
  const isAsked = isProbed(service);
  return {
    recovery: health.recovery ?? "automatic",
    recoverAfterSeconds: health.recoverAfterSeconds ?? settings.recoverAfterSeconds,
    probesInARow: settings.probesInARow,
    isProbed: isAsked,
    isWatchedByProbe: isAsked && health.watch === "probe",
    neverDeactivate: health.neverDeactivate ?? false,
    mayTakeOut: mayGoOut(service, settings),
    flap: settings.guards.flap,
  };
}

/** Whether failover may take a service out now, as its manifest, its alarms and the environment say. Pure. */
export function mayGoOut(service: WatchedService, { mode }: Pick<FailoverSettings, "mode">): boolean {
  return mayTakeOut({ ...service, mode, isProbed: isProbed(service) });
}
