import type { TimelineEntry } from "../timeline.ts";

/** An entry, and how often it was there. */
export type FoldedEntry = TimelineEntry & { times: number };

/**
 * Entries in the order of their times; the same again and again is one line, at its last time. Of reads that go well the others
 * between them do not count: the sweep reads each account every minute. Pure.
 */
export function folded(entries: readonly TimelineEntry[]): FoldedEntry[] {
  const lines: FoldedEntry[] = [];
  /** Where the reads begin that nothing else has interrupted. */
  let begin = 0;
  // Requests are taken in when somebody looks, so that all may come behind outcomes that are newer.
  for (const entry of entries.toSorted((a, b) => a.at - b.at || a.number - b.number)) {
    if (!isRead(entry)) begin = Math.max(0, lines.length - 1);
    const index = lines.findIndex((line, at) => at >= begin && isSame(line, entry));
    const [before] = index === -1 ? [] : lines.splice(index, 1);
    lines.push({ ...entry, times: (before?.times ?? 0) + 1 });
    if (!isRead(entry)) begin = lines.length;
  }
  return lines;
}

function isSame(before: TimelineEntry, entry: TimelineEntry): boolean {
  const { kind, text, accountId, correlationId } = entry;
  return before.kind === kind && before.text === text && before.accountId === accountId && !correlationId;
}

function isRead({ kind, text, tone }: TimelineEntry): boolean {
  return kind === "request" && tone === "plain" && text.startsWith("GET ");
}
