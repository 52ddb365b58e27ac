import fc from "fast-check";
import { expect, test } from "vitest";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { serviceNameFromPath, servicePath } from "../../../shared/records/service-name.ts";

const name = fc.record({ groupName: fc.string(), serviceDescription: fc.string() });

test("two services never share an item, whatever their names hold", () => {
  fc.assert(
    fc.property(name, name, (one, other) => {
      const [a, b] = [one, other].map((service) => serviceRecordKey({ accountId: "1", ...service }).sk);
      const isSame = one.groupName === other.groupName && one.serviceDescription === other.serviceDescription;
      return (a === b) === isSame;
    }),
  );
});

test("a slash in a name does not move the border between group and service", () => {
  const inGroup = serviceRecordKey({ accountId: "1", groupName: "a/b", serviceDescription: "c" });
  const inService = serviceRecordKey({ accountId: "1", groupName: "a", serviceDescription: "b/c" });
  expect(inGroup).not.toEqual(inService);
});

test("the names are found again in a path, unless it was too long for a key", () => {
  for (const [groupName, serviceDescription] of [
    ["a/b", "c"],
    ["100%", "%2F/x"],
    ["CRM enrichment", "Lookup"],
  ] as const) {
    expect(serviceNameFromPath("1", servicePath({ groupName, serviceDescription }))).toEqual({
      accountId: "1",
      groupName,
      serviceDescription,
    });
  }
  expect(
    serviceNameFromPath("1", servicePath({ groupName: "g".repeat(900), serviceDescription: "s".repeat(900) })),
  ).toBeUndefined();
  expect(serviceNameFromPath("1", "no service")).toBeUndefined();
});
