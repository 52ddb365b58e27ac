import { expect, test } from "vitest";
import { readServices } from "../../../cli/read/services.ts";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { eventToken } from "../../../shared/contract/footprint.ts";
import { openMessageItem, openMessageKey } from "../../../shared/records/account/open-message.ts";
import { creationIntentItem } from "../../../shared/records/account/resource-markers.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import { testClock } from "../../support/client-fakes.ts";

test.each([
  ["SERVICE#CRM/lookup", "declared"],
  ["TAGGED#CRM/lookup", "tags"],
  ["ACTIVATION#CRM/lookup", "activation"],
])("a service with a spoilt item is there, and says which: %s", async (sk, kind) => {
  const table = new MemoryStateTable();
  await table.put({ pk: "ACCOUNT#123456", sk, alarms: 7, OUTAGE: "spoilt", manifest: "spoilt" });
  const { services, unreadable } = await readServices(table, "123456");
  expect(services).toMatchObject([
    { name: { groupName: "CRM", serviceDescription: "lookup" }, alarms: [], unreadable: [kind] },
  ]);
  expect(unreadable).toHaveLength(1);
});

test("a service that a message is making is told from one whose message was refused in the middle", async () => {
  const table = new MemoryStateTable();
  const name = { accountId: "123456", groupName: "W", serviceDescription: "a2" };
  const activation = createActivationStore({ table, clock: testClock() });
  const generation = { source: "crm", id: "1", time: "2026-01-01T00:00:00.000Z" };
  const making = { generation, expiresAt: 4_000_000_000, unseenSince: 1_800_000_000_000 };
  const message = { messageId: "1", messageGroupId: "1", takenInAt: 1_800_000_000_000 };
  const changes = [eventToken(generation)];
  const footprint = { changes, needs: [], ends: [], makes: [], relies: [] };
  const known = async () => (await readServices(table, "123456")).services.map((one) => one.isBeingMade);
  await activation.change(name, { isAnew: true });
  await table.put(creationIntentItem("123456", { kind: "httpService", ...name }, making));
  const open = openMessageKey("123456", "1");
  await table.put(openMessageItem(open, { ...message, footprint }));
  expect(await known()).toEqual([true]);
  await table.delete(open);
  expect(await known()).toEqual([undefined]);
});
