import { expect, test } from "vitest";
import {
  serviceRecordFromItem,
  serviceRecordKey,
  serviceRecordToItem,
  validationRequestOf,
} from "../../../../shared/records/account/service.ts";
import type { Item } from "../../../../shared/state/table.ts";

const name = { accountId: "123456", groupName: "CRM", serviceDescription: "Lookup" };
const item: Item = {
  ...serviceRecordKey(name),
  version: 7,
  ...name,
  serviceGroupId: 1,
  serviceId: 2,
  manifest: { kind: "httpService", groupName: "CRM", serviceDescription: "Lookup", serviceType: "HTTP_GET" },
  stamp: { source: "/test", id: "1", time: "2026-01-05T09:00:00Z" },
};

test("a service's item is read under today's words and written under the stored ones", () => {
  const record = serviceRecordFromItem(item);
  expect(record).toMatchObject({ serviceId: 2, generation: { id: "1" } });
  const { pk: _pk, sk: _sk, version: _version, ...attributes } = item;
  expect(serviceRecordToItem(record ?? {})).toEqual(attributes);
});

test("what a later version wrote is no error and stays in the manifest; what is missing is filled", () => {
  const manifest = {
    groupName: "CRM",
    serviceDescription: "Lookup",
    later: { kept: true },
    validation: { url: "https://crm.example.com", later: 1 },
  };
  const record = serviceRecordFromItem({ ...item, later: 1, manifest, stamp: undefined });
  expect(record?.manifest).toMatchObject(manifest);
  expect(record?.manifest.validation).toMatchObject({ method: "GET", expect: { status: 200 } });
  expect(record?.generation).toBeUndefined();
});

test("an item that holds ids alone declares no service", () => {
  expect(serviceRecordFromItem({ ...item, manifest: undefined })).toBeUndefined();
  expect(serviceRecordFromItem(undefined)).toBeUndefined();
});

test("what does not parse is an error that names the item and the attribute, not the value", () => {
  const broken = () => serviceRecordFromItem({ ...item, serviceId: "hush-hush" });
  expect(broken).toThrow(/ACCOUNT#123456.*SERVICE#CRM\/Lookup.*serviceId/);
  expect(broken).toThrow(expect.objectContaining({ code: "ITEM_UNREADABLE" }));
  expect(broken).not.toThrow(/hush-hush/);
});

test.each([
  ["its own URL", { url: "https://a.example.com/x" }, "https://a.example.com/x"],
  ["the service's URL", {}, "https://crm.example.com"],
  ["no URL that can be asked", { url: "{{host}}/x" }, undefined],
])("a validation with %s is sent there", (_what, more, url) => {
  const validation = { method: "GET" as const, expect: { status: 200 }, ...more };
  expect(validationRequestOf({ validation, httpServiceConfig: { url: "https://crm.example.com" } })?.url).toBe(url);
});

test("a SOAP service is asked at its endpoint; without a validation there is no request", () => {
  const validation = { method: "GET" as const, expect: { status: 200 } };
  expect(validationRequestOf({ validation, soapEndpoint: "https://soap.example.com" })?.url).toBe(
    "https://soap.example.com",
  );
  expect(validationRequestOf({ soapEndpoint: "https://soap.example.com" })).toBeUndefined();
});
