/** The message that shaped a resource last. */
export interface Generation {
  source: string;
  id: string;
  /** ISO 8601, the sender's. */
  time: string;
}

/** True when a message of the same sender, sent later, has shaped the resource: this one must not undo it. */
export function isSuperseded(record: { stamp: Generation } | undefined, stamp: Generation): boolean {
  return (
    record !== undefined &&
    record.stamp.source === stamp.source &&
    Date.parse(record.stamp.time) > Date.parse(stamp.time)
  );
}
