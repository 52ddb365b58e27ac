import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Profile } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { Redacted } from "../../shared/primitives/redacted.ts";
import type { RingCx, RingCxAccount } from "../../shared/ringcx/client/api.ts";
import { AssumptionBrokenError } from "../../shared/ringcx/resources/assumption-broken-error.ts";
import { credentialFields } from "../../shared/ringcx/resources/auth-config.ts";
import { AmbiguousWriteError } from "../../shared/ringcx/resources/errors.ts";
import { isLongRun } from "../support/runs.ts";
import { faultsOf, runStory, type StoryResult } from "./run-story.ts";

/** A mistake that a client may well make, and a profile under which it is one. */
interface PlantedFault {
  fault: string;
  profile: Partial<Profile>;
  /** What the matrix says then. */
  says: RegExp;
  /** The faulty part of an account's client. */
  plant?: (account: RingCxAccount) => Partial<RingCxAccount>;
  /** What comes over the wire, as the faulty client takes it. */
  hear?: (response: Response) => Response;
}

/** Ids of clones whose state was never looked at. */
const believed = new Set<number>();

const plantedFaults: PlantedFault[] = [
  {
    fault: "a clone is believed to be inactive",
    profile: { "clones.state": "active" },
    says: /"Lookup, new" is active and must not be/,
    plant: ({ services, groups }) => ({
      services: {
        ...services,
        async clone(...args) {
          const clone = await services.clone(...args);
          believed.add(clone.serviceId);
          return { ...clone, isEnabled: false };
        },
        get: async (...args) => asBelieved(await services.get(...args)),
      },
      groups: {
        ...groups,
        async listWithChildren(options) {
          const tree = await groups.listWithChildren(options);
          return tree.map((group) => ({ ...group, services: group.services?.map(asBelieved) }));
        },
      },
    }),
  },
  {
    fault: "Retry-After is not read",
    profile: {},
    says: /was asked again \d+ ms after a 429 that named \d+ ms/,
    hear({ body, status, headers }) {
      const heard = new Headers(headers);
      heard.delete("retry-after");
      return new Response(body, { status, headers: heard });
    },
  },
  {
    fault: "what a read shows of a credential is taken for it, and written back",
    profile: { "authConfigs.credential": "lastFour" },
    says: /a mask was written into "CRM BASIC"/,
    plant: ({ authConfigs }) => ({
      authConfigs: {
        ...authConfigs,
        async update(authConfigId, config) {
          const known: Record<string, unknown> = await authConfigs.get(authConfigId);
          const shown = credentialFields.flatMap((name) =>
            known[name] instanceof Redacted ? [[name, known[name].reveal()]] : [],
          );
          return authConfigs.update(authConfigId, { ...config, ...Object.fromEntries(shown) });
        },
      },
    }),
  },
  {
    fault: "a POST whose answer was lost is made again",
    profile: { "services.createAnswer": "nothing", "names.duplicates": "allowed" },
    says: /there is a second service/,
    plant: ({ services }) => ({
      services: { ...services, create: (...args) => twice(() => services.create(...args)) },
    }),
  },
  {
    fault: "the tree is taken to be whole",
    profile: { "lists.withChildren": "first20" },
    says: /it is there, and is not listed/,
    plant: ({ groups }) => ({
      groups: {
        ...groups,
        async listWithChildren(options) {
          const tree = await groups.listWithChildren(options);
          return tree.map((group) => ({ ...group, services: group.services?.slice(0, 20) }));
        },
      },
    }),
  },
  {
    fault: "an auth config is believed to have the UUID that it was sent",
    profile: { "authConfigs.id": "replaced" },
    says: /nothing was told/,
    plant: ({ authConfigs }) => ({
      authConfigs: {
        ...authConfigs,
        create: (authConfigId, config) =>
          authConfigs.create(authConfigId, config).catch((error: unknown) => {
            if (error instanceof AssumptionBrokenError) return { authConfigId, authType: config.authType };
            throw error;
          }),
      },
    }),
  },
];

function asBelieved<Service extends { serviceId: number; isEnabled?: boolean | undefined }>(service: Service): Service {
  return believed.has(service.serviceId) ? { ...service, isEnabled: false } : service;
}

async function twice<Made>(make: () => Promise<Made>): Promise<Made> {
  return make().catch((error: unknown) => {
    if (error instanceof AmbiguousWriteError) return make();
    throw error;
  });
}

function planted({ plant }: PlantedFault) {
  return (ringcx: RingCx): RingCx => ({
    ...ringcx,
    account(accountId, options) {
      const account = ringcx.account(accountId, options);
      return { ...account, ...plant?.(account) };
    },
  });
}

/** What the matrix would not see is not proven by it: it must fail for a client that is wrong. */
describe("a fault that is planted in the client makes the matrix fail", () => {
  let usual: StoryResult;
  beforeAll(async () => {
    usual = await runStory({});
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    believed.clear();
  });

  test.for(isLongRun ? plantedFaults : plantedFaults.slice(0, 1))("$fault", async (fault) => {
    const { profile, says, hear } = fault;
    const { fetch } = globalThis;
    if (hear) vi.stubGlobal("fetch", async (...args: Parameters<typeof fetch>) => hear(await fetch(...args)));
    const result = await runStory(profile, planted(fault));
    const alternative = Object.entries(profile).map(([name, answer]) => `${name}: ${answer}`);
    expect(faultsOf(result, usual, alternative.join(", ")).join("\n")).toMatch(says);
  });
});
