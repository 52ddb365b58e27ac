import type { Trip } from "./watched-function.ts";

/** How many trips were one after the other: the longest chain in which each was sent after the one before was answered. */
export function tripsInSequence(trips: readonly Pick<Trip, "sentAt" | "answeredAt">[]): number {
  const byEnd = trips
    .map(({ sentAt, answeredAt = Number.POSITIVE_INFINITY }) => ({ sentAt, answeredAt }))
    .toSorted((one, other) => one.answeredAt - other.answeredAt);
  let count = 0;
  let answeredAt = Number.NEGATIVE_INFINITY;
  for (const trip of byEnd) {
    if (trip.sentAt < answeredAt) continue;
    count += 1;
    ({ answeredAt } = trip);
  }
  return count;
}
