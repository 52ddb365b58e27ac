import { afterEach, expect } from "vitest";
import { readServices } from "../../../cli/read/services.ts";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { createRingCx } from "../../../shared/ringcx/client/client.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import { oneToken, openQuota } from "../../support/client-fakes.ts";
import { startFixture as startFailover } from "../fail-over-services/fixture.ts";
import { applyMessage, type Fixture, group, service, startFixture } from "./fixture.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

export const groupName = group.groupName;
export const [sourceAccount, accountId] = ["223456", "123456"];

/** Provisioning and failover at one account, one table and one clock. */
export async function start(profile: Partial<Profile>) {
  const table = new MemoryStateTable();
  const failover = await startFailover({}, { table });
  const { clock, dependencies } = failover;
  const process = { isDead: () => false };
  const mortal = new Proxy(table, {
    get(of, name) {
      const member: unknown = Reflect.get(of, name);
      if (typeof member !== "function") return member;
      return async (...parameters: unknown[]) => {
        if (process.isDead()) throw new Error("the process is dead");
        return (await Reflect.apply(member, of, parameters)) as unknown;
      };
    },
  });
  const simulator = { profile, accounts: [accountId, sourceAccount], limit: 100_000, tokenLifeMs: 86_400_000 };
  const { probe } = failover;
  const fixture = await startFixture({ simulator, table: mortal, clock, probe: { check: async () => probe.result } });
  stops.push(fixture.stop, failover.stop);
  const ringcx = createRingCx({
    connection: { name: "main", ringcxUrl: fixture.simulator.url },
    session: oneToken(fixture.simulator.accessToken),
    quotaFor: () => openQuota(),
    clock,
    random: () => 0.5,
  });
  dependencies.ringcxFor = () => ringcx;
  return { fixture, failover, table, process };
}

export type World = Awaited<ReturnType<typeof start>>;

/** A service that asks nothing of its endpoint, and needs no auth config. */
export function plain({ crm }: Fixture) {
  const { authConfig: _authConfig, validation: _validation, ...rest } = service(crm, { isEnabled: true });
  return rest;
}

/** What its endpoint never says. */
export const never = { method: "POST", body: { ani: "+15550100" }, expect: { status: 418 } };

export const copy = (data: object) => {
  const { data: _data, ...event } = applyMessage([]);
  return { ...event, type: "ringcx.copy.v1", data };
};

export const refuse = (operation: string, status: number, times = 1) => ({
  kind: "status" as const,
  status,
  times,
  match: { operation },
});

export function madeBy({ simulator }: Fixture) {
  return simulator
    .state(accountId)
    .groups.flatMap(({ services, serviceGroupId }) => services.map((one) => ({ ...one, groupId: serviceGroupId })))
    .find(({ serviceDescription }) => serviceDescription !== "Lookup customer by ANI");
}

/** One that was refused in the middle, and what is known of it. */
export async function startHalfMade(profile: Partial<Profile> = {}) {
  const world = await start(profile);
  const { fixture, failover, table } = world;
  const declared = { ...plain(fixture), serviceDescription: "New" };
  fixture.simulator.faults.add(refuse("createHttpServiceInput", 400));
  expect(await fixture.send(applyMessage([group, declared]))).toMatchObject({ status: "PARTIAL" });
  const kinds = async () =>
    (await readServices(table, accountId)).services.flatMap(({ record }) => record.reasons.map(({ kind }) => kind));
  const isActive = () => madeBy(fixture)?.isEnabled;
  const order = (command: string) => failover.command(command, "New", { groupName });
  return { ...world, declared, kinds, isActive, order };
}
