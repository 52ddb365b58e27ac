import type { Key } from "../../state/table.ts";

/** The session of a connection. */
export function sessionKey(connection: string): Key {
  return { pk: `CONNECTION#${connection}`, sk: "SESSION" };
}
