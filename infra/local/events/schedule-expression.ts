const units: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Interval of a `rate(n unit)` expression in milliseconds.
 *
 * @throws for anything else, such as `cron(...)`
 */
export function rateInMs(expression: string): number {
  const [, count, unit = ""] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const unitMs = units[unit];
  if (count && unitMs) return Number(count) * unitMs;
  throw new Error(`The local host knows rate(n minutes|hours|days) only, not "${expression}"`);
}
