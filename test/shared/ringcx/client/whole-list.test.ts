import { afterEach, expect, test } from "vitest";
import type { Profile } from "../../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { type RingCxSimulator, startRingCxSimulator } from "../../../../infra/local/ringcx-simulator/server.ts";
import { RingCxNotFoundError } from "../../../../shared/ringcx/resources/errors.ts";
import { oneToken, testClient } from "../../../support/client-fakes.ts";

let simulator: RingCxSimulator | undefined;
afterEach(() => simulator?.stop());

/** An account with so many auth configs, and so many services in its one group. */
async function start(profile: Partial<Profile>, count: number) {
  const many = <T>(make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));
  const service = (index: number) => ({
    serviceType: "HTTP_GET",
    serviceDescription: `S ${index}`,
    httpServiceConfig: '{"url":"https://crm.example.com/"}',
  });
  const authConfigs = many((index) => ({ authType: "APIKEY", providerName: `A ${index}`, apiKey: "key" }));
  const groups = [{ groupName: "CRM", services: many(service) }, ...many((index) => ({ groupName: `G ${index}` }))];
  simulator = await startRingCxSimulator({
    profile,
    limit: 1_000,
    seed: { accounts: [{ accountId: "123456", authConfigs, groups }] },
  });
  const { url, accessToken } = simulator;
  const session = oneToken(accessToken);
  const client = testClient(url, { session });
  return { ...client, admin: client.account() };
}

const profiles = [
  {},
  { "lists.longestPage": "rows100" },
  { "lists.longestPage": "rows100", "lists.firstPage": "zero" },
  { "lists.longestPage": "rows100", "lists.order": "newestFirst", "lists.withChildren": "first20" },
  { "lists.defaultPage": "rows25", "lists.firstPage": "zero", "lists.withChildren": "first20" },
] satisfies Partial<Profile>[];

test.each(profiles.flatMap((profile) => [0, 19, 20, 21, 100, 101, 250].map((count) => ({ profile, count }))))(
  "$count rows are $count rows under $profile",
  async ({ profile, count }) => {
    const { admin } = await start(profile, count);
    expect(new Set((await admin.authConfigs.listAll()).map(({ providerName }) => providerName)).size).toBe(count);
    const group = (await admin.groups.listWithChildren()).find(({ groupName }) => groupName === "CRM");
    expect(new Set(group?.services?.map(({ serviceId }) => serviceId)).size).toBe(count);
    expect(await admin.services.listAllV2(group?.serviceGroupId ?? 0)).toHaveLength(count);
    expect(await admin.services.listAll(group?.serviceGroupId ?? 0)).toHaveLength(count);
    expect(await admin.groups.listAll()).toHaveLength(count + 1);
  },
);

test("a length that may be a limit is looked into once, another never", async () => {
  const { admin, requests } = await start({}, 20);
  for (let count = 0; count < 5; count += 1) await admin.groups.listWithChildren();
  expect(requests).toHaveLength(6);
  await simulator?.stop();
  const other = await start({}, 21);
  await other.admin.groups.listWithChildren();
  await other.admin.authConfigs.listAll();
  expect(other.requests).toHaveLength(2);
});

test("a read that is answered with nothing found nothing", async () => {
  const { admin } = await start({ "authConfigs.gone": "nothing" }, 0);
  const gone = admin.authConfigs.get("60629848-0ddf-4757-8868-de5b76d54bb7");
  await expect(gone).rejects.toThrow(RingCxNotFoundError);
});
