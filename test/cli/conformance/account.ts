import { runConformance } from "../../../cli/conformance/run-conformance.ts";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import type { Seed, SeedAccount } from "../../../infra/local/ringcx-simulator/seed.ts";
import { startRingCxSimulator } from "../../../infra/local/ringcx-simulator/server.ts";
import { Redacted } from "../../../shared/primitives/redacted.ts";
import { createQuota } from "../../../shared/ringcx/quota/quota.ts";
import { quotaSettingsSchema } from "../../../shared/ringcx/quota/quota-policy.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import { seeded } from "../../support/virtual-time.ts";

const account = "123456";

/** How long a request takes, in milliseconds of virtual time. */
const requestMs = 40;

/** What people have made: a group with a service that must stay as it is, and as many auth configs as an account may have. */
function madeByPeople(authConfigs: number, more: NonNullable<SeedAccount["groups"]>): Seed {
  const services = [
    {
      serviceType: "HTTP_GET",
      serviceDescription: "Old",
      httpServiceConfig: '{"url":"https://old.example.com/"}',
      isEnabled: true,
    },
  ];
  const configs = Array.from({ length: authConfigs }, (_, index) => ({
    authType: "APIKEY",
    providerName: `Old ${index}`,
    apiKey: `an-old-key-${index}`,
  }));
  return {
    accounts: [
      { accountId: account, groups: [{ groupName: "Ada Lovelace's", services }, ...more], authConfigs: configs },
      { accountId: "223456" },
    ],
  };
}

/** An account of a RingCX that behaves as a profile says, on virtual time, and runs against it. */
export async function startAccount(
  profile: Partial<Profile>,
  { authConfigs = 120, groups = [] }: { authConfigs?: number; groups?: NonNullable<SeedAccount["groups"]> } = {},
) {
  let now = Date.UTC(2030, 0, 1);
  let requests = 0;
  /** Called before each request is made. */
  let onRequest = (_count: number) => {};
  const clock = {
    now: () => now,
    sleep: async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      now += Math.max(0, ms);
    },
  };
  const simulator = await startRingCxSimulator({
    now: () => {
      now += requestMs / 10;
      return now;
    },
    profile,
    seed: madeByPeople(authConfigs, groups),
  });
  const table = new MemoryStateTable();
  const quota = createQuota({
    scope: "account/123456",
    settings: quotaSettingsSchema.parse({}),
    table,
    clock,
    random: seeded(1),
  });
  const counted = {
    ...quota,
    claim: async (...args: Parameters<typeof quota.claim>) => {
      requests += 1;
      onRequest(requests);
      await quota.claim(...args);
    },
  };
  const said: string[] = [];
  return {
    simulator,
    account,
    said,
    clock,
    set onRequest(listener: (count: number) => void) {
      onRequest = listener;
    },
    run(interrupted = new AbortController().signal, { measuresLimit = false } = {}) {
      requests = 0;
      const { url: ringcxUrl, platformUrl, clientId, clientSecret, jwt } = simulator;
      return runConformance({
        account,
        connection: { ringcxUrl, platformUrl },
        credentials: {
          clientId: new Redacted(clientId),
          clientSecret: new Redacted(clientSecret),
          jwt: new Redacted(jwt),
        },
        quota: counted,
        clock,
        interrupted,
        measuresLimit,
        say: (line) => void said.push(line),
      });
    },
  };
}
