import { readFileSync } from "node:fs";
import { fromItem as activationFromItem } from "../../shared/records/account/activation-item.ts";
import { authConfigRecordFromItem } from "../../shared/records/account/auth-config.ts";
import { blastRadiusFromItem } from "../../shared/records/account/blast-radius.ts";
import { heldEdgesOf } from "../../shared/records/account/confinement-hold.ts";
import { edgeAuditFromItem } from "../../shared/records/account/edge-audit.ts";
import { commandMemoryOf, failoverMemoryOf } from "../../shared/records/account/failover-memory.ts";
import { followedFromItem } from "../../shared/records/account/followed-auth-config.ts";
import {
  deletedFromItem,
  writtenInputsFromItem,
  writtenServiceFromItem,
} from "../../shared/records/account/own-writes.ts";
import { tombstoneFromItem } from "../../shared/records/account/resource-markers.ts";
import { serviceRecordFromItem } from "../../shared/records/account/service.ts";
import { groupRecordFromItem } from "../../shared/records/account/service-group.ts";
import { alarmLinkSchema } from "../../shared/records/alarm-links.ts";
import { fromItem as credentialFromItem } from "../../shared/records/credential/auth-config-state.ts";
import { historyEntrySchema } from "../../shared/records/credential/rotation-history.ts";
import { fromItem as bindingFromItem } from "../../shared/records/credential/secret-binding.ts";
import { secretsInUse } from "../../shared/records/credential/secret-intent.ts";
import { eventClaimFromItem } from "../../shared/records/event-claim.ts";
import { messagePartFromItem, messageProgressFromItem } from "../../shared/records/message-progress.ts";
import { fromItem as outcomeFromItem } from "../../shared/records/outcome.ts";
import { slowSweepFromItem } from "../../shared/records/sweep-progress.ts";
import { plausibleWindow } from "../../shared/ringcx/quota/quota-item.ts";
import { plausibleSession } from "../../shared/ringcx/session/session-item.ts";
import type { Item } from "../../shared/state/table.ts";
import { parseItem } from "../../shared/state/unreadable-item.ts";

const now = Date.parse("2030-01-01T01:00:00Z");

/** An item of each kind, as this release writes it: a later one has to read it, too. */
export const storedItems: readonly Item[] = readFileSync("test/fuzz/stored-items.ndjson", "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

/** Who reads which kind of item, by the beginnings of its keys (`shared/records/README.md`). */
const readers: readonly (readonly [pk: string, sk: string, read: (item: Item) => unknown])[] = [
  ["ACCOUNT", "GROUP", groupRecordFromItem],
  ["ACCOUNT", "AUTHCONFIG", authConfigRecordFromItem],
  ["ACCOUNT", "SERVICE", serviceRecordFromItem],
  [
    "ACCOUNT",
    "ACTIVATION",
    (item) => {
      const record = activationFromItem(item);
      return [record, failoverMemoryOf(record), commandMemoryOf(record), heldEdgesOf(record)];
    },
  ],
  ["ACCOUNT", "RETIRED", tombstoneFromItem],
  ["ACCOUNT", "DELETED", deletedFromItem],
  ["ACCOUNT", "INPUTS", writtenInputsFromItem],
  ["ACCOUNT", "WRITTEN", writtenServiceFromItem],
  ["ACCOUNT", "BLASTRADIUS", blastRadiusFromItem],
  ["ACCOUNT", "EDGES", edgeAuditFromItem],
  ["ACCOUNT", "FOLLOWED", followedFromItem],
  ["ALARM", "SERVICE", (item) => parseItem(alarmLinkSchema, item)],
  ["AUTH", "STATE", (item) => [credentialFromItem(item), secretsInUse(item)]],
  ["AUTH", "HISTORY", (item) => parseItem(historyEntrySchema, item)],
  ["SECRET", "AUTH", bindingFromItem],
  ["ATTEMPTS", "", (item) => ("part" in item ? messagePartFromItem(item) : messageProgressFromItem(item))],
  ["EVENT", "", (item) => eventClaimFromItem(item, now)],
  ["OUTCOME", "", outcomeFromItem],
  ["SLOWSWEEPS", "", (item) => slowSweepFromItem(item, now)],
  ["CONNECTION", "SESSION", (item) => plausibleSession(item, now)],
  ["QUOTA", "WINDOW", (item) => plausibleWindow(item, now, { windowMs: 60_000 } as never)],
];

/** Reads an item as whoever needs it does; `undefined` for one that is read in no one place. */
export function readerOf({ pk, sk }: Item): ((item: Item) => unknown) | undefined {
  const begins = (key: string, begin: string) => key === begin || key.startsWith(`${begin}#`) || begin === "";
  return readers.find((reader) => begins(pk, reader[0]) && begins(sk, reader[1]))?.[2];
}
