import type { Key } from "../state/table.ts";

/** What became of this message? */
export function outcomeKey(source: string, id: string): Key {
  return { pk: `OUTCOME#${source}`, sk: id };
}

/** The partition of a day's outcomes. @param date `2026-01-31` */
export function dailyOutcomesPartition(date: string): string {
  return `OUTCOMES#${date}`;
}

/** An outcome among those of its day. @param time ISO 8601 */
export function dailyOutcomeKey(time: string, source: string, id: string): Key {
  return { pk: dailyOutcomesPartition(time.slice(0, 10)), sk: `${time}#${source}/${id}` };
}
