import type { Key } from "../state/table.ts";

/** What did earlier deliveries of this message do, and how often did it fail? Deliveries themselves do not count. */
export function messageProgressKey(source: string, id: string): Key {
  return { pk: `ATTEMPTS#${source}`, sk: id };
}
