import { afterEach, describe, expect, test } from "vitest";
import type { Profile } from "../../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { type RingCxSimulator, startRingCxSimulator } from "../../../../infra/local/ringcx-simulator/server.ts";
import { oneToken, testClient } from "../../../support/client-fakes.ts";

let simulator: RingCxSimulator | undefined;
afterEach(() => simulator?.stop());

const authConfigId = "60629848-0ddf-4757-8868-de5b76d54bb7";
const config = { url: "https://crm.example.com/a", headers: { Accept: "application/json" } };

/** An account of a RingCX that behaves as a profile says, with a group, an auth config and a service with an input. */
async function start(profile: Partial<Profile>) {
  simulator = await startRingCxSimulator({
    profile,
    seed: {
      accounts: [
        {
          accountId: "123456",
          authConfigs: [{ authType: "APIKEY", authConfigId, providerName: "CRM", apiKey: "key" }],
          groups: [
            {
              groupName: "CRM",
              services: [
                {
                  serviceType: "HTTP_POST",
                  serviceDescription: "Lookup",
                  httpServiceConfig: JSON.stringify(config),
                  httpServiceInputs: [{ name: "ani", rank: "0" }],
                },
              ],
            },
          ],
        },
      ],
    },
  });
  const { url, accessToken } = simulator;
  const session = oneToken(accessToken);
  const client = testClient(url, { session });
  return { ...client, admin: client.account() };
}
const stored = () => simulator?.state().groups[0]?.services[0];

describe("an answer in another form that the documentation allows is taken", () => {
  test.each([
    { "services.ids": "strings" },
    { "services.accountId": "number" },
    { "inputs.rank": "number" },
    { "services.config": "object" },
    { "services.config": "reserialised" },
    { "services.inputsInAnswer": "present" },
    { "lists.order": "newestFirst" },
  ] satisfies Partial<Profile>[])(
    "%j: what is read is what it is by default, and can be written back",
    async (profile) => {
      const { admin } = await start(profile);
      const [group] = await admin.groups.listWithChildren();
      const service = group?.services?.[0];
      expect(group).toMatchObject({ serviceGroupId: 4567, groupName: "CRM" });
      expect(service).toMatchObject({ serviceId: 4568, accountId: "123456", httpServiceConfig: config });
      expect(await admin.inputs.list(4567, 4568)).toMatchObject([{ inputId: 4569, name: "ani", rank: "0" }]);
      const written = await admin.services.update(4567, 4568, {
        ...(await admin.services.get(4567, 4568)),
        isDebug: true,
      });
      expect(written).toMatchObject({ serviceId: 4568, isDebug: true });
      expect(stored()?.inputs).toHaveLength(1);
    },
  );

  test.each(["state", "success", "record", "noContent"] as const)("setIsActive answers %s", async (answer) => {
    const { admin } = await start({ "services.setActiveAnswer": answer });
    for (const isActive of [true, false]) {
      await admin.services.setActive(4567, 4568, isActive);
      expect(stored()?.isEnabled).toBe(isActive);
    }
  });

  test.each(["boolean", "nothing", "noContent"] as const)("DELETE of an input answers %s", async (answer) => {
    const { admin } = await start({ "inputs.deleteAnswer": answer });
    await admin.inputs.delete(4567, 4568, 4569);
    expect(stored()?.inputs).toEqual([]);
  });
});

test("an update of a service that answers nothing is read back", async () => {
  const { admin } = await start({ "services.putAnswer": "nothing" });
  const service = await admin.services.get(4567, 4568);
  expect(await admin.services.update(4567, 4568, { ...service, isDebug: true })).toMatchObject({ isDebug: true });
  const v2 = await admin.services.getV2(4567, 4568);
  expect(await admin.services.updateV2(4567, 4568, { ...v2, authConfigId })).toMatchObject({ authConfigId });
});

test("a write of an auth config that answers nothing is read back", async () => {
  const { admin } = await start({ "authConfigs.answer": "nothing" });
  const other = authConfigId.replace(/7$/, "8");
  const created = await admin.authConfigs.create(other, { authType: "CUSTOM_AUTH", providerName: "F" });
  expect(created).toMatchObject({ authConfigId: other, providerName: "F" });
  const written = await admin.authConfigs.update(other, { authType: "CUSTOM_AUTH", providerName: "G" });
  expect(written).toMatchObject({ authConfigId: other, providerName: "G" });
});

test("an answer that is cut is never taken for an empty one: a read is made again, a POST may have happened", async () => {
  const { admin, requests } = await start({ "errors.cutAnswers": "tenth" });
  for (let count = 0; count < 30; count += 1) expect(await admin.groups.listWithChildren()).toHaveLength(1);
  expect(requests.length).toBeGreaterThan(30);
  while ((requests.length + 1) % 10 !== 0) await admin.groups.list();
  await expect(admin.groups.create({ groupName: "Other" })).rejects.toThrow("It may or may not have happened");
});
