import { expect, test } from "vitest";
import { findService } from "../../../cli/read/find-service.ts";

const service = (accountId: string, groupName: string, serviceDescription: string) => ({
  name: { accountId, groupName, serviceDescription },
});
const services = [
  service("123456", "CRM", "Lookup"),
  service("123456", "Billing", "Lookup"),
  service("123456", "CRM", "Lookup customer by ANI"),
  service("223456", "CRM", "Lookup"),
  service("223456", "Old/CRM", "Close ticket"),
];

test.each([
  ["123456/CRM/Lookup", 0],
  ["Billing/Lookup", 1],
  ["billing/lookup", 1],
  ["by ANI", 2],
  ["Lookup customer by ANI", 2],
  ["ticket", 4],
  ["Old/CRM/Close ticket", 4],
])("%j names one service", (text, index) => {
  expect(findService(services, text)).toBe(services[index]);
});

test("the name that a service had before it was renamed is answered with the one that it has", () => {
  const renamed = { ...service("123456", "CRM", "0x1F"), declared: { formerNames: ["CRM/Look it up"] } };
  for (const text of ["crm/look it up", "Look it up"]) {
    expect(() => findService([...services, renamed], text)).toThrow(
      `No service is known as "${text}" any more: it was renamed, and is called "123456/CRM/0x1F" now.`,
    );
  }
});

test("what a person has renamed is found by that name too, unless another is known by it", () => {
  const renamed = { ...service("123456", "CRM", "c"), declared: { shownAs: "CRM/c9" } };
  for (const text of ["CRM/c9", "c9", "123456/crm/c9", "CRM/c"]) expect(findService([renamed], text)).toBe(renamed);
  const other = service("123456", "CRM", "c9");
  expect(findService([renamed, other], "CRM/c9")).toBe(other);
});

test("of names that differ in their spelling alone the whole one is taken as it is spelled", () => {
  const two = [service("123456", "w", "a2"), service("123456", "W", "a2")];
  for (const [at, text] of ["123456/w/a2", "123456/W/a2"].entries()) expect(findService(two, text)).toBe(two[at]);
  for (const [at, text] of ["w/a2", "W/a2"].entries()) expect(findService(two, text)).toBe(two[at]);
  expect(() => findService(two, "a2")).toThrow(/may be several services/);
});

test("a part of several names is answered with all of them", () => {
  expect(() => findService(services, "Lookup")).toThrow(/"Lookup" may be several services; say more of its name:\n/);
});

test("a name that services of several accounts have is answered with the accounts", () => {
  expect(() => findService(services, "CRM/Lookup")).toThrow(
    /is a service of 2 accounts; say which, with --account 123456 or 223456:\n {2}123456\/CRM\/Lookup\n {2}223456\/CRM\/Lookup$/,
  );
});

test.each([
  ["CRM/Lookup custmer by ANI", /Did you mean "CRM\/Lookup customer by ANI"/],
  ["Close tiket", /Did you mean "Old\/CRM\/Close ticket"/],
  ["", /No service is known as ""/],
])("a name that nothing has, %j, is answered with the nearest", (text, offered) => {
  expect(() => findService(services, text)).toThrow(offered);
});

test("names that services of several accounts have are offered once for each, with the account", () => {
  const same = ["700001", "700002"].map((accountId) => service(accountId, "CRM", "Lookup"));
  const message = /No service is known as "700001 CRM\/Lookup"\. Did you mean "700001\/CRM\/Lookup"/;
  expect(() => findService(same, "700001 CRM/Lookup")).toThrow(message);
  expect(() => findService(same, "unlike all of them")).toThrow(
    /There are "700001\/CRM\/Lookup", "700002\/CRM\/Lookup"\.$/,
  );
});
