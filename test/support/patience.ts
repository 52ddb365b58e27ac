/**
 * How long a test waits for real processes before it gives up, in milliseconds. What it waits for comes in seconds; on two cores
 * that are busy with something else it may take many times as long, and only a failure takes all of it.
 */
export const patienceMs = 150_000;

/** How long a test may take that waits for several things, one after the other, in milliseconds. */
export const longestTestMs = 2 * patienceMs;
