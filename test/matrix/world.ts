import { randomUUID } from "node:crypto";
import { processAlarms } from "../../functions/fail-over-services/triggers/alarm-events.ts";
import { sweepAccount } from "../../functions/fail-over-services/triggers/sweep-account.ts";
import { provisionBatch } from "../../functions/provision-services/intake/provision-batch.ts";
import { workAccounts } from "../../functions/provision-services/reconcile/work-accounts.ts";
import { runSchedule } from "../../functions/rotate-credentials/sync/run-schedule.ts";
import type { Profile } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import type { OutcomeData } from "../../shared/contract/outcome.ts";
import type { RingCx } from "../../shared/ringcx/client/api.ts";
import { seeded } from "../support/virtual-time.ts";
import { functionsOf } from "../support/world/functions.ts";
import { accountIds, startOutside, type Through, testAccount } from "../support/world/outside.ts";

import { recordOf } from "../support/world/record-of.ts";
import type { StoryMessage } from "./story.ts";

/** How long a request to RingCX takes, in milliseconds of virtual time. */
const requestMs = 40;

/** What differs from the usual, beside RingCX. */
export interface WorldOptions {
  /** Puts a fault into the client that the functions call. */
  plant?: ((ringcx: RingCx) => RingCx) | undefined;
}

/**
 * The three functions as deployed, one thing after the other, in time that passes only where somebody waits; RingCX behaves
 * as a profile says.
 */
export async function startWorld(profile: Partial<Profile>, { plant }: WorldOptions = {}) {
  let now = Date.UTC(2030, 0, 1);
  const pass = (ms: number) => {
    now += ms;
  };
  /** Endpoints that are being asked, really: no time passes until they have answered. */
  const probes = new Set<Promise<unknown>>();
  const clock = {
    now: () => now,
    async sleep(ms: number) {
      await Promise.allSettled(probes);
      pass(Math.max(0, ms));
    },
  };
  const through: Through = (kind, call) => {
    if (kind === "ringcx") pass(requestMs);
    return call();
  };
  const outside = await startOutside({
    now: clock.now,
    profile,
    seed: foreignResources(profile),
    through,
  });
  const told: OutcomeData[] = [];
  const logged: string[] = [];
  const log = (...said: unknown[]) => void logged.push(JSON.stringify(said));
  /** When each account is to be worked at again. */
  const woken = new Map<string, number>();
  const { intake, provisioning, rotation, failover } = functionsOf({
    outside,
    clock,
    random: seeded(1),
    plant,
    async through(kind, call) {
      const calling = call();
      if (kind !== "probe") return calling;
      probes.add(calling);
      return calling.finally(() => probes.delete(calling));
    },
    onOutcome: ({ data }) => void told.push(data),
    onLog: log,
    onWake: (accountId, inMs) => void woken.set(accountId, Math.min(woken.get(accountId) ?? Infinity, now + inMs)),
    onPutOff: () => {},
  });
  const deadline = () => ({ deadline: now + 120_000 });

  let messages = 0;
  return {
    ...outside,
    told,
    logged,

    /** Until it has ended, or an hour has passed. */
    async send(body: StoryMessage): Promise<void> {
      messages += 1;
      const accountId = body.data.accountId;
      const record = recordOf(JSON.stringify(body), `m-${messages}`, accountId);
      await provisionBatch({ Records: [record] }, intake, deadline());
      const until = now + 3_600_000;
      while (woken.size > 0 && now < until) {
        const [[next, at] = [accountId, now]] = [...woken].toSorted(([, a], [, b]) => a - b);
        woken.delete(next);
        pass(Math.max(0, at - now));
        messages += 1;
        const wake = recordOf(JSON.stringify({ accountId: next }), `wake-${messages}`, "");
        const invocation = { requestId: `request-${messages}`, deadline: now + 60_000 };
        await workAccounts({ Records: [wake] }, provisioning, invocation).catch((error: unknown) => {
          log("work failed", String(error));
          woken.set(next, now + 15_000);
        });
      }
      woken.clear();
    },

    /** Ticks of rotation's schedule, five minutes apart. */
    async ticks(count: number): Promise<void> {
      for (let tick = 0; tick < count; tick += 1) {
        pass(5 * 60_000);
        await runSchedule(rotation, { requestId: randomUUID(), ...deadline() });
      }
    },

    async alarm(arn: string, state: "OK" | "ALARM"): Promise<void> {
      outside.alarms.set(arn, { state, reason: `it is ${state}`, since: new Date(now).toISOString() });
      const body = JSON.stringify({ resources: [arn] });
      await processAlarms(failover, { Records: [recordOf(body, `a-${now}`, "")] }, deadline());
    },
    async minutes(count: number): Promise<void> {
      for (let minute = 0; minute < count; minute += 1) {
        pass(60_000);
        for (const accountId of accountIds) {
          const { readAlarmStates } = failover;
          await sweepAccount(failover, accountId, { ...deadline(), isTreeRead: true, readAlarmStates });
        }
      }
    },

    crowd(accountId: string): void {
      const match = { path: `*accounts/${accountId}/*` };
      outside.simulator.faults.add({ kind: "foreign-client", requests: 120, match });
    },
    async open(): Promise<number> {
      const items = await Promise.all(accountIds.map((id) => outside.table.query(`ACCOUNT#${id}`, "OPEN#")));
      return items.flat().length;
    },
  };
}

/** See {@link startWorld}. */
export type World = Awaited<ReturnType<typeof startWorld>>;

/**
 * What somebody made in the admin page, and the story may not touch: where lists come in another way than by default more
 * than one page of each.
 */
export function foreignResources(profile: Partial<Profile>) {
  const isPaged = Object.keys(profile).some((name) => /^(lists|consistency)\./.test(name));
  const service = (number: number) => ({
    serviceType: "HTTP_GET",
    serviceDescription: `Old ${number}`,
    httpServiceConfig: '{"url":"https://old.example.com/"}',
  });
  const authConfig = (number: number) => ({
    authType: "APIKEY",
    providerName: `Old ${number}`,
    apiKey: `old-${number}`,
  });
  const many = <T>(count: number, make: (number: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index));
  const groups = [{ groupName: "CRM enrichment", services: many(isPaged ? 22 : 1, service) }];
  return { accounts: [{ accountId: testAccount, groups, authConfigs: many(isPaged ? 120 : 1, authConfig) }] };
}
