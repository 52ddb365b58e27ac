import { createMark, type Mark } from "../../../cli/conformance/mark.ts";
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

/** What people have made beside. */
interface MadeByPeople {
  /** How many auth configs. */
  authConfigs?: number;
  groups?: NonNullable<SeedAccount["groups"]>;
  configs?: NonNullable<SeedAccount["authConfigs"]>;
}

/** What people have made: a group with a service that must stay as it is, and as many auth configs as an account may have. */
function madeByPeople({ authConfigs, groups: more, configs: others }: Required<MadeByPeople>): Seed {
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
      {
        accountId: account,
        groups: [{ groupName: "Ada Lovelace's", services }, ...more],
        authConfigs: [...configs, ...others],
      },
      { accountId: "223456" },
    ],
  };
}

/** An account of a RingCX that behaves as a profile says, on virtual time, and runs against it. */
export async function startAccount(
  profile: Partial<Profile>,
  { authConfigs = 120, groups = [], configs = [] }: MadeByPeople = {},
) {
  let now = Date.UTC(2030, 0, 1);
  let requests = 0;
  let runs = 0;
  let mark = createMark(now, () => Buffer.alloc(4));
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
    seed: madeByPeople({ authConfigs, groups, configs }),
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
    /** Of the last run. */
    get mark() {
      return mark;
    },
    /** As {@link attempt}, and throws what ended it. */
    async run(...args: Parameters<typeof attempt>) {
      const result = await attempt(...args);
      if (result.endedBy !== undefined) throw result.endedBy;
      return result;
    },
    attempt,
  };

  function attempt(
    interrupted = new AbortController().signal,
    {
      measuresLimit = false,
      isOver = () => false,
      accountId = account,
    }: { measuresLimit?: boolean; isOver?: (mark: Mark) => boolean; accountId?: string } = {},
  ) {
    requests = 0;
    runs += 1;
    mark = createMark(now, () => Buffer.from([0, 0, 0, runs]));
    const { url: ringcxUrl, platformUrl, clientId, clientSecret, jwt } = simulator;
    return runConformance({
      account: accountId,
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
      mark,
      isOver,
      say: (line) => void said.push(line),
    });
  }
}
