import { afterEach, expect, test } from "vitest";
import { type RingCxSimulator, startRingCxSimulator } from "../../../../infra/local/ringcx-simulator/server.ts";
import { oneToken, testClient } from "../../../support/client-fakes.ts";
import { confined } from "../../../support/confined.ts";

let simulator: RingCxSimulator | undefined;
afterEach(() => simulator?.stop());

const authConfigId = "60629848-0ddf-4757-8868-de5b76d54bb7";

test("the time of a write is not taken from a record that may be older than the write", async () => {
  simulator = await startRingCxSimulator({
    profile: { "authConfigs.answer": "nothing", "consistency.single": "stale" },
    seed: {
      accounts: [
        {
          accountId: "123456",
          authConfigs: [{ authType: "APIKEY", authConfigId, providerName: "CRM", apiKey: "key" }],
          groups: [],
        },
      ],
    },
  });
  const { url, accessToken } = simulator;
  const session = oneToken(accessToken);
  const account = testClient(url, { session }).account();
  const written = await account.authConfigs.updateApiKey(authConfigId, {
    providerName: "CRM",
    apiKey: confined("other"),
  });
  expect(written).toMatchObject({ authConfigId, providerName: "CRM" });
  expect(written.updatedTime).toBeUndefined();
});
