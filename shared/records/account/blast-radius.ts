import type { Key } from "../../state/table.ts";
import { accountItemKey } from "../service-name.ts";

/** How many services has it, and which were deactivated for an outage that nothing but an alarm speaks for? */
export function blastRadiusKey(accountId: string): Key {
  return accountItemKey(accountId, "BLASTRADIUS");
}
