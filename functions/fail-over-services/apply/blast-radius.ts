import {
  type BlastRadiusRecord,
  blastRadiusFromItem,
  blastRadiusKey,
  blastRadiusToItem,
} from "../../../shared/records/account/blast-radius.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import { contendedError, retryLostWrites } from "../../../shared/state/conditional-write.ts";
import { type RebuildDependencies, readOrRebuild } from "../../../shared/state/rebuilt-item.ts";
import type { Item } from "../../../shared/state/table.ts";
import { unreadableItem } from "../../../shared/state/unreadable-item.ts";
import type { Guards } from "../settings.ts";

/** What takes a place, for as long as the settings say. */
export interface Place {
  accountId: string;
  key: string;
}

/** How the keys of places begin that are only what mode `observe` would have taken: they are counted by themselves. */
const observedPrefix = "OBSERVED#";

/** The same place in mode `observe`, in which it keeps no other service from going out. */
export function observedPlace({ accountId, key }: Place): Place {
  return { accountId, key: `${observedPrefix}${key}` };
}

function isObserved(key: string): boolean {
  return key.startsWith(observedPrefix);
}

/** The place of a service that an alarm speaks of. */
export function servicePlace(name: ServiceName): Place {
  return { accountId: name.accountId, key: serviceRecordKey(name).sk };
}

/** The place of an endpoint that only a probe speaks of: services of one host and port share it. */
export function endpointPlace({ accountId }: ServiceName, url: string): Place {
  const { protocol, hostname, port } = new URL(url);
  const usual = protocol === "https:" ? "443" : "80";
  return { accountId, key: `ENDPOINT#${hostname}:${port === "" ? usual : port}` };
}

/** Bounds how many services of an account are deactivated for outages that only an alarm, or only a probe, speaks for. */
export interface BlastRadius {
  /** Reads an account's places ahead, beside whatever else is read, so that a claim is one write and no read. */
  prepare(accountId: string): Promise<void>;
  /**
   * Takes a place. False when all are taken; then nothing was written.
   *
   * @throws {AutomationError} `WRITE_CONTENDED`, and what the table throws: then it is not known to have one
   */
  claim(place: Place): Promise<boolean>;
  /** Gives the place back, if it has one: its outage was confirmed, or did not begin. */
  release(place: Place): Promise<void>;
  /**
   * Notes how many services an account has, `all` or at least those that are `known`, and forgets places whose time
   * is over. Writes only if there is news.
   */
  refresh(accountId: string, count: number, counted: "all" | "known"): Promise<void>;
}

/** What a blast radius is made of. */
export interface BlastRadiusOptions extends Omit<RebuildDependencies, "maxAttempts" | "patienceMs"> {
  settings: Guards["blastRadius"];
}

interface Claim {
  key: string;
  answer(isAdmitted: boolean): void;
  fail(error: unknown): void;
}

/** How far ahead of ours another process's clock may be, in milliseconds. */
const clockSkewMs = 60_000;

/**
 * The places of an account are one item, written only as it was read: nobody takes the last place twice. An item that
 * cannot be read counts as full until every place in it would be free again.
 */
export function createBlastRadius({ settings, ...state }: BlastRadiusOptions): BlastRadius {
  const { table, clock } = state;
  const withinMs = settings.withinMinutes * 60_000;
  const known = new Map<string, BlastRadiusRecord>();
  const waiting = new Map<string, Claim[]>();

  const read = async (accountId: string): Promise<BlastRadiusRecord> => {
    const parse = (item: Item | undefined) => {
      const radius = blastRadiusFromItem(item);
      const last = Math.max(0, (radius.fullUntil ?? 0) - withinMs, ...Object.values(radius.places));
      // It would never be free again.
      if (item && last > clock.now() + clockSkewMs) throw unreadableItem(item, ["places (a time that is to come)"]);
      return radius;
    };
    const safe = () => ({ services: 0, places: {}, fullUntil: clock.now() + withinMs });
    const radius = await readOrRebuild(state, blastRadiusKey(accountId), { parse, safe });
    known.set(accountId, radius);
    return radius;
  };
  const write = async (accountId: string, { version: expected, ...radius }: BlastRadiusRecord): Promise<boolean> => {
    const version = await table.put(blastRadiusToItem(accountId, radius), expected);
    if (version !== false) known.set(accountId, { ...radius, version });
    return version !== false;
  };
  /** One attempt after the other until it is written. @param attempt `undefined` when the write was lost */
  const written = async <T>(accountId: string, attempt: () => Promise<T | undefined>): Promise<T> => {
    const result = await retryLostWrites(state, attempt);
    if (result === undefined) throw contendedError(`the blast radius of account ${accountId}`);
    return result;
  };
  /** @param next the new radius, or `undefined` when it may stay */
  const change = (accountId: string, next: (radius: BlastRadiusRecord) => BlastRadiusRecord | undefined) =>
    written(accountId, async () => {
      const changed = next(await read(accountId));
      return !changed || (await write(accountId, changed)) || undefined;
    });
  const live = ({ places }: BlastRadiusRecord): Readonly<Record<string, number>> => {
    const since = clock.now() - withinMs;
    return Object.fromEntries(Object.entries(places).filter(([, at]) => at > since));
  };
  const placesAfter = (radius: BlastRadiusRecord, claims: readonly Claim[]) => {
    const isFull = radius.fullUntil !== undefined && radius.fullUntil > clock.now();
    const most = isFull ? 0 : Math.max(1, Math.floor(settings.share * radius.services));
    const places = { ...live(radius) };
    let isTaking = false;
    for (const { key } of claims) {
      const taken = Object.keys(places).filter((one) => isObserved(one) === isObserved(key)).length;
      if (!(key in places) && taken >= most) continue;
      // Claimed again because it did not go out at once, or goes out once more: its time counts from now.
      places[key] = Math.max(places[key] ?? 0, clock.now());
      isTaking = true;
    }
    return { places, isRefusing: claims.some(({ key }) => !(key in places)), isTaking };
  };

  const admit = async (accountId: string, claims: readonly Claim[]): Promise<void> => {
    let ahead = known.get(accountId);
    const places = await written(accountId, async () => {
      let radius = ahead ?? (await read(accountId));
      let after = placesAfter(radius, claims);
      // What was read ahead may be old. A write finds that out; an answer without a write must be read for.
      if (ahead && (after.isRefusing || !after.isTaking)) {
        radius = await read(accountId);
        after = placesAfter(radius, claims);
      }
      ahead = undefined;
      const isWritten = !after.isTaking || (await write(accountId, { ...radius, places: after.places }));
      return isWritten ? after.places : undefined;
    });
    for (const { key, answer } of claims) answer(key in places);
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
    claim({ accountId, key }) {
      return new Promise((answer, fail) => {
        const claim = { key, answer, fail };
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
    async release({ accountId, key }) {
      await change(accountId, (radius) => {
        const { [key]: taken, ...places } = radius.places;
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
