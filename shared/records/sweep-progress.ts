import type { Key } from "../state/table.ts";
import { accountItemKey } from "./service-name.ts";

/** When was this account's tree last read by the sweep? */
export function accountSweepKey(accountId: string): Key {
  return accountItemKey(accountId, "SWEEP");
}

/** Which alarms have a tag that names services, as it was last read? */
export const alarmTagsKey: Key = { pk: "FAILOVER", sk: "ALARMTAGS" };
