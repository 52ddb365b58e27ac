import { guardsSchema } from "../functions/fail-over-services/settings.ts";
import { connectionSchema } from "../shared/ringcx/session/connection.ts";
import { listOf, recordOf, type Told, type Written } from "./written-settings.ts";

// Times that cannot work beside each other. What is left out has its default; what is wrong by itself is told elsewhere.

/** The guard is added to the window: one as long as it leaves half of the limit or less. */
export function guardsFit({ connections }: Written): Told[] {
  return listOf(connections).flatMap((each, index) => {
    const quota = connectionSchema.shape.quota.safeParse(recordOf(each).quota);
    if (!quota.success) return [];
    const { limit, windowMs, guardMs } = quota.data;
    if (guardMs < windowMs) return [];
    const most = Math.floor((limit * windowMs) / (windowMs + guardMs));
    return [
      {
        path: ["connections", index, "quota", "guardMs"],
        message: `is ${guardMs}, no less than windowMs, ${windowMs}: of the limit, ${limit}, only ${most} could be used in a window`,
        mend: "write less than windowMs: the tolerance, the skew of clocks and the spread of the network's delay together",
      },
    ];
  });
}

/** A sweep ends an outage, so that within fewer than two of them no service could flap, and the guard would never step in. */
export function flappingFits({ failover }: Written): Told[] {
  const { guards = {}, sweepSchedule = "rate(1 minute)" } = recordOf(failover);
  const parsed = guardsSchema.safeParse(guards);
  const minutes = rateMinutes(String(sweepSchedule));
  if (!parsed.success || Number.isNaN(minutes)) return [];
  const { withinMinutes } = parsed.data.flap;
  if (withinMinutes >= 2 * minutes) return [];
  return [
    {
      path: ["failover", "guards", "flap", "withinMinutes"],
      message: `is ${withinMinutes}, shorter than two sweeps of failover.sweepSchedule, ${sweepSchedule}: a sweep ends an outage, and no service could flap`,
      mend: `write ${2 * minutes} or more, or a quicker sweepSchedule`,
    },
  ];
}

/** Minutes between two runs of `rate(5 minutes)` or `rate(1 hour)`; not a number where it is no rate. */
export function rateMinutes(expression: string): number {
  const [, value, unit] = /^rate\((\d+) (minute|hour)s?\)$/.exec(expression) ?? [];
  return Number(value) * (unit === "hour" ? 60 : 1);
}
