import type { Clock } from "../../shared/runtime/clock.ts";
import { keys, type ServiceName } from "../../shared/state/keys.ts";
import type { StateTable } from "../../shared/state/table.ts";
import type { Guards } from "./policy.ts";

/** Bounds how many services of an account are deactivated for outages that nothing but an alarm speaks for. */
export interface BlastRadius {
  /**
   * Takes a place for a service: one write, whose answer holds the places of all others. False when they are all
   * taken; then none was.
   */
  claim(service: ServiceName): Promise<boolean>;
  /** Gives the place back: the outage was confirmed, or did not begin. */
  release(service: ServiceName): Promise<void>;
  /** Notes how many services the account has and forgets places that are over; writes only if there is news. */
  refresh(accountId: string, services: number): Promise<void>;
}

const claimOf = (service: ServiceName) => keys.service(service).sk;

export function createBlastRadius({
  table,
  clock,
  settings: { share, withinMinutes },
}: {
  table: StateTable;
  clock: Clock;
  settings: Guards["blastRadius"];
}): BlastRadius {
  const isLive = (at: unknown) => typeof at === "number" && clock.now() - at < withinMinutes * 60_000;
  const release = async (service: ServiceName) => {
    await table.update(keys.blastRadius(service.accountId), { [claimOf(service)]: undefined });
  };
  return {
    async claim(service) {
      const own = claimOf(service);
      const item = await table.update(keys.blastRadius(service.accountId), { [own]: clock.now() });
      // Writes of one item come one after the other, so of those that want the last place one sees it free.
      const others = claimsIn(item).filter(([name, at]) => name !== own && isLive(at));
      const isAdmitted = others.length < Math.max(1, Math.floor(share * Number(item.services ?? 0)));
      if (!isAdmitted) await release(service);
      return isAdmitted;
    },
    release,
    async refresh(accountId, services) {
      const item = await table.get(keys.blastRadius(accountId));
      const over = claimsIn(item ?? {}).flatMap(([name, at]) => (isLive(at) ? [] : [[name, undefined]]));
      if (item?.services === services && over.length === 0) return;
      await table.update(keys.blastRadius(accountId), { services, ...Object.fromEntries(over) });
    },
  };
}

function claimsIn(item: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(item).filter(([name]) => name.startsWith("SERVICE#"));
}
