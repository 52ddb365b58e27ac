import { type FailoverMode, failoverModeSchema } from "../environment/environment.ts";

const does = {
  off: "neither alarms nor endpoints are asked, but to end an outage that was open",
  observe: "an outage is told, and changes nothing",
} as const;

/**
 * What keeps failover from acting, and which setting says so; nothing where it acts, or nobody knows. Pure.
 *
 * @param own what the service's manifest says: it counts before the environment's
 */
export function modeLines(own: FailoverMode | undefined, ofEnvironment: FailoverMode | undefined): string[] {
  const mode = own ?? ofEnvironment;
  if (mode === undefined || mode === "enforce") return [];
  const isOwn = own !== undefined;
  const whom = {
    off: isOwn ? "is off for it (health.mode)" : "is off in this environment (failover.mode)",
    observe: isOwn ? "only observes it (health.mode)" : "only observes in this environment (failover.mode)",
  };
  return [`failover ${whom[mode]}: ${does[mode]}`];
}

/** Services whose manifest says another mode than the environment's, by mode. Pure. */
export function ownModeLines(
  services: readonly { typed: string; mode: FailoverMode | undefined }[],
  ofEnvironment: FailoverMode = "enforce",
): string[] {
  const words = { off: "is off for", observe: "only observes", enforce: "acts upon outages of" };
  return failoverModeSchema.options.flatMap((mode) => {
    const names = services.filter((one) => one.mode === mode).map(({ typed }) => typed);
    return mode === ofEnvironment || names.length === 0
      ? []
      : [`failover ${words[mode]} ${names.join(", ")} (health.mode)`];
  });
}
