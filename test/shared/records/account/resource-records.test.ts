import { expect, test } from "vitest";
import { authConfigRecordFromItem, authConfigRecordToItem } from "../../../../shared/records/account/auth-config.ts";
import {
  creationIntentItem,
  creationIntentKey,
  tombstoneFromItem,
  tombstoneItem,
  tombstoneKey,
} from "../../../../shared/records/account/resource-markers.ts";
import { groupRecordFromItem, groupRecordToItem } from "../../../../shared/records/account/service-group.ts";
import { isSuperseded } from "../../../../shared/records/generation.ts";

const generation = { source: "/test", id: "1", time: "2026-01-05T09:00:00Z" };
const key = { pk: "p", sk: "s", version: 1 };

test("a group's and an auth config's item are read under today's words and written under the stored ones", () => {
  const group = { serviceGroupId: 1, manifest: { kind: "httpServiceGroup", groupName: "CRM" }, stamp: generation };
  expect(groupRecordFromItem({ ...key, ...group }).generation).toEqual(generation);
  expect(groupRecordToItem(groupRecordFromItem({ ...key, ...group }))).toEqual(group);
  const manifest = { kind: "authConfig", providerName: "CRM", authType: "BASIC", secretId: "crm" };
  const authConfig = { authConfigId: "a", secretArn: "arn", manifest, stamp: generation };
  expect(authConfigRecordToItem(authConfigRecordFromItem({ ...key, ...authConfig }))).toEqual(authConfig);
});

test("markers stand beside the record of their resource", () => {
  const group = { kind: "httpServiceGroup", groupName: "CRM" } as const;
  expect(creationIntentKey("1", group)).toEqual({ pk: "ACCOUNT#1", sk: "CREATING#GROUP#CRM" });
  expect(tombstoneKey("1", group)).toEqual({ pk: "ACCOUNT#1", sk: "RETIRED#GROUP#CRM" });
  const item = { generation, expiresAt: 9 };
  expect(creationIntentItem("1", group, item)).toMatchObject({ message: generation, expiresAt: 9 });
  expect(tombstoneFromItem({ ...tombstoneItem("1", group, item), version: 1 })).toEqual({ generation });
});

test("only a later message of the same sender supersedes", () => {
  const earlier = { ...generation, time: "2026-01-05T08:00:00Z" };
  expect(isSuperseded({ generation }, earlier)).toBe(true);
  expect(isSuperseded({ generation: earlier }, generation)).toBe(false);
  expect(isSuperseded({ generation }, { ...earlier, source: "/another" })).toBe(false);
  expect(isSuperseded({ generation: undefined }, earlier)).toBe(false);
  expect(isSuperseded(undefined, earlier)).toBe(false);
});
