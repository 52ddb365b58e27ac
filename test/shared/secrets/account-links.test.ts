import { expect, test } from "vitest";
import type { RingCxAccount } from "../../../shared/ringcx/client/api.ts";
import type { ServiceGroup } from "../../../shared/ringcx/resources/service-group.ts";
import { readLinks, showsLinks } from "../../../shared/secrets/account-links.ts";

const service = (serviceId: number, authConfigId?: string) => ({ serviceId, ...(authConfigId && { authConfigId }) });
const group = (serviceGroupId: number, ...services: object[]) =>
  ({ serviceGroupId, groupName: "CRM", ...(services.length > 0 && { services }) }) as unknown as ServiceGroup;

/** An account whose v2 says this, and which groups it was asked for. */
function account(v2: Record<number, object[]> = {}) {
  const asked: number[] = [];
  const listAllV2 = async (serviceGroupId: number) => {
    asked.push(serviceGroupId);
    return v2[serviceGroupId] ?? [];
  };
  return { asked, account: { services: { listAllV2 } } as unknown as RingCxAccount };
}

test("links are taken from the tree where it shows any, for no request", async () => {
  const tree = [group(1, service(11), service(12, "a")), group(2, service(21, "b"))];
  expect(showsLinks(tree)).toBe(true);
  const { asked, account: one } = account({ 1: [service(11, "other")] });
  expect([...(await readLinks(one, tree))]).toEqual([
    [12, "a"],
    [21, "b"],
  ]);
  expect(asked).toEqual([]);
});

test("and from v2 where it shows none, for one request a group that has services", async () => {
  const tree = [group(1, service(11), service(12)), group(2), group(3, service(31))];
  expect(showsLinks(tree)).toBe(false);
  const { asked, account: one } = account({ 1: [service(11, "a"), service(12)], 2: [service(21, "no")] });
  expect([...(await readLinks(one, tree))]).toEqual([[11, "a"]]);
  expect(asked).toEqual([1, 3]);
});

test("a part of a tree that shows links shows that it has none", async () => {
  const { asked, account: one } = account({ 1: [service(11, "a")] });
  expect([...(await readLinks(one, [group(1, service(11))], true))]).toEqual([]);
  expect(asked).toEqual([]);
  expect(showsLinks([])).toBe(false);
});
