import type { Duration } from "aws-cdk-lib";

/** As a secret's tags have it: whole days, else hours, else minutes. */
export function durationTag(duration: Duration): string {
  const minutes = duration.toMinutes({ integral: false });
  if (minutes % 1440 === 0) return `${minutes / 1440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
