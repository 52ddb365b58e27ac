import type { Clock } from "../../../shared/primitives/clock.ts";
import {
  type BlastRadiusRecord,
  blastRadiusFromItem,
  blastRadiusKey,
  blastRadiusToItem,
} from "../../../shared/records/account/blast-radius.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { Guards } from "../settings.ts";

/** Bounds how many services of an account are deactivated for outages that nothing but an alarm speaks for. */
export interface BlastRadius {
  /** Reads an account's places ahead, beside whatever else is read, so that a claim is one write and no read. */
  prepare(accountId: string): Promise<void>;
  /** Takes a place for a service, for as long as the settings say. False when all are taken; then nothing was written. */
  claim(service: ServiceName): Promise<boolean>;
  /** Gives the place back, if it has one: its outage was confirmed, or did not begin. */
  release(service: ServiceName): Promise<void>;
  /**
   * Notes how many services an account has, `all` or at least those that are `known`, and forgets places whose time
   * is over. Writes only if there is news.
   */
  refresh(accountId: string, count: number, counted: "all" | "known"): Promise<void>;
}

/** What a blast radius is made of. */
export interface BlastRadiusOptions {
  table: StateTable;
  clock: Clock;
  settings: Guards["blastRadius"];
}

interface Claim {
  place: string;
  answer(isAdmitted: boolean): void;
  fail(error: unknown): void;
}

/** The places of an account are one item, written only as it was read: nobody takes the last place twice. */
export function createBlastRadius({ table, clock, settings }: BlastRadiusOptions): BlastRadius {
  const known = new Map<string, BlastRadiusRecord>();
  const waiting = new Map<string, Claim[]>();

  const read = async (accountId: string): Promise<BlastRadiusRecord> => {
    const radius = blastRadiusFromItem(await table.get(blastRadiusKey(accountId)));
    known.set(accountId, radius);
    return radius;
  };
  const write = async (accountId: string, { version: expected, ...radius }: BlastRadiusRecord): Promise<boolean> => {
    const version = await table.put(blastRadiusToItem(accountId, radius), expected);
    if (version !== false) known.set(accountId, { ...radius, version });
    return version !== false;
  };
  /** @param next the new radius, or `undefined` when it may stay */
  const change = async (
    accountId: string,
    next: (radius: BlastRadiusRecord) => BlastRadiusRecord | undefined,
  ): Promise<void> => {
    for (;;) {
      const changed = next(await read(accountId));
      if (!changed || (await write(accountId, changed))) return;
    }
  };
  const live = ({ places }: BlastRadiusRecord): Readonly<Record<string, number>> => {
    const since = clock.now() - settings.withinMinutes * 60_000;
    return Object.fromEntries(Object.entries(places).filter(([, at]) => at > since));
  };

  const admit = async (accountId: string, claims: readonly Claim[]): Promise<void> => {
    // What was read ahead may be old. A write finds that out; an answer without a write must be read for.
    let radius = known.get(accountId);
    let isFresh = false;
    for (;;) {
      if (!radius) {
        radius = await read(accountId);
        isFresh = true;
      }
      const most = Math.max(1, Math.floor(settings.share * radius.services));
      const places = { ...live(radius) };
      const taken = Object.keys(places).length;
      for (const { place } of claims) {
        if (place in places || Object.keys(places).length < most) places[place] ??= clock.now();
      }
      const isRefusing = claims.some(({ place }) => !(place in places));
      const isTaking = Object.keys(places).length > taken;
      const isKnown = isFresh || (isTaking && !isRefusing);
      if (isKnown && (!isTaking || (await write(accountId, { ...radius, places })))) {
        for (const { place, answer } of claims) answer(place in places);
        return;
      }
      radius = undefined;
    }
  };
  const admitAll = async (accountId: string, queue: Claim[]): Promise<void> => {
    while (queue.length > 0) {
      const claims = queue.splice(0);
      try {
        await admit(accountId, claims);
      } catch (error) {
        for (const { fail } of claims) fail(error);
      }
    }
    waiting.delete(accountId);
  };

  return {
    async prepare(accountId) {
      await read(accountId);
    },
    claim(service) {
      const { accountId } = service;
      return new Promise((answer, fail) => {
        const claim = { place: serviceRecordKey(service).sk, answer, fail };
        const queue = waiting.get(accountId);
        // Claims that come while one is written are written together after it.
        if (queue) {
          queue.push(claim);
          return;
        }
        const begun = [claim];
        waiting.set(accountId, begun);
        void admitAll(accountId, begun);
      });
    },
    async release(service) {
      const place = serviceRecordKey(service).sk;
      await change(service.accountId, (radius) => {
        const { [place]: taken, ...places } = radius.places;
        return taken === undefined ? undefined : { ...radius, places };
      });
    },
    async refresh(accountId, count, counted) {
      await change(accountId, (radius) => {
        const services = counted === "all" ? count : Math.max(count, radius.services);
        const places = live(radius);
        const isOver = Object.keys(places).length < Object.keys(radius.places).length;
        return radius.services === services && !isOver ? undefined : { ...radius, services, places };
      });
    },
  };
}
