import type { Key } from "../../state/table.ts";

/** The window of a quota. @param scope a sub-account, or a connection */
export function quotaWindowKey(scope: string): Key {
  return { pk: `QUOTA#${scope}`, sk: "WINDOW" };
}
