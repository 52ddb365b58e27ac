import { expect, test } from "vitest";
import { readServices } from "../../../cli/read/services.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";

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
