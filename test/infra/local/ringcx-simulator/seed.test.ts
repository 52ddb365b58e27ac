import { expect, test } from "vitest";
import type { Seed } from "../../../../infra/local/ringcx-simulator/seed.ts";
import { startRingCxSimulator } from "../../../../infra/local/ringcx-simulator/server.ts";
import { authConfigId, converse, inputBody, serviceBody } from "./conversation.ts";

const seed: Seed = {
  accounts: [
    {
      accountId: "77",
      accountName: "Production",
      authConfigs: [{ authType: "APIKEY", authConfigId, providerName: "CRM API key", apiKey: "k-1" }],
      groups: [
        {
          groupName: "CRM enrichment",
          services: [
            { ...serviceBody, authConfigId, isEnabled: true, httpServiceInputs: [inputBody], workflows: ["Main IVR"] },
          ],
        },
      ],
    },
  ],
};

test("a seed fills the accounts, and brings its own", async () => {
  const { simulator, v1, v2 } = await converse({ seed });
  expect(simulator.accountId).toBe("77");
  const [group] = (await v1("GET", "/httpServiceGroups/withChildren")).body;
  expect(group).toMatchObject({ groupName: "CRM enrichment", services: [{ authConfigId, isEnabled: true }] });
  const path = `/httpServiceGroups/${group?.serviceGroupId}/httpServices/${group?.services[0]?.serviceId}`;
  expect((await v1("GET", `${path}/inputs`)).body).toMatchObject([inputBody]);
  expect((await v1("GET", path)).text).not.toMatch(/workflows|httpServiceInputs/);
  expect((await v2("DELETE", path)).status).toBe(409);
  expect(simulator.state().authConfigs).toMatchObject([{ apiKey: "k-1" }]);
});

test("accounts of the options stand beside those of the seed", async () => {
  const { simulator } = await converse({ seed, accounts: ["1", "77"] });
  expect(simulator.accountId).toBe("1");
  expect(simulator.state("77").groups).toHaveLength(1);
});

test.each([
  [{ accounts: 5 }, "accounts: must be an array of objects"],
  [{ accounts: [{}] }, "accounts[0]: accountId: is required"],
  [{ accounts: [{ accountId: "1", groups: [{}] }] }, "accounts[0]: groups[0]: groupName: is required"],
  [
    { accounts: [{ accountId: "1", groups: [{ groupName: "A", services: [{ serviceType: "HTTP" }] }] }] },
    "accounts[0]: groups[0]: services[0]: serviceDescription: is required",
  ],
  [
    { accounts: [{ accountId: "1", authConfigs: [{ authType: "KEY" }] }] },
    "accounts[0]: authConfigs[0]: authType: must be one of APIKEY",
  ],
  [
    { accounts: [{ accountId: "1", groups: [{ groupName: "A" }, { groupName: "A" }] }] },
    'accounts[0]: groups[1]: A service group named "A" exists',
  ],
])("a wrong seed is refused, naming the place: %o", async (wrong, message) => {
  await expect(startRingCxSimulator({ seed: wrong as unknown as Seed })).rejects.toThrow(message);
});
