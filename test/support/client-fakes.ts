import type { Clock } from "../../shared/primitives/clock.ts";
import { Redacted } from "../../shared/primitives/redacted.ts";
import type { CallOptions } from "../../shared/ringcx/client/api.ts";
import type { RequestRecord } from "../../shared/ringcx/client/call.ts";
import { createRingCx, type RingCxOptions } from "../../shared/ringcx/client/client.ts";
import type { Quota } from "../../shared/ringcx/quota/quota.ts";
import type { Priority } from "../../shared/ringcx/quota/quota-policy.ts";
import type { Session } from "../../shared/ringcx/session/session.ts";

/** A clock whose sleeps take no time and are remembered. */
export interface TestClock extends Clock {
  slept: number[];
}

export function testClock(start = 1_800_000_000_000): TestClock {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    async sleep(ms) {
      slept.push(ms);
      now += ms;
    },
  };
}

/** A quota that always has a slot, and remembers what it was asked. */
export interface OpenQuota extends Quota {
  claims: Priority[];
  pauses: (number | undefined)[];
}

export function openQuota(): OpenQuota {
  const claims: Priority[] = [];
  const pauses: (number | undefined)[] = [];
  return {
    claims,
    pauses,
    async claim(priority) {
      claims.push(priority);
    },
    async prepare() {},
    async hasCapacity() {
      return { fits: true };
    },
    async lastWriteAt() {
      return undefined;
    },
    async pause(retryAfterMs) {
      pauses.push(retryAfterMs);
    },
  };
}

/** A session with tokens `token-1`, `token-2`, ...: a new one for each renewal. */
export function countingSession(prefix = "token"): Session & { renewals: number } {
  let current = new Redacted(`${prefix}-1`);
  const session = {
    renewals: 0,
    accessToken: async () => current,
    prepare: async () => {},
    renew: async () => {
      session.renewals += 1;
      current = new Redacted(`${prefix}-${session.renewals + 1}`);
      return current;
    },
  };
  return session;
}

/** A session with one token, whatever is done with it. */
export function oneToken(accessToken: string): Session {
  const token = async () => new Redacted(accessToken);
  return { accessToken: token, renew: token, prepare: async () => {} };
}

/** A client of one server with a quota, session and clock that the test can look into. */
export function testClient(ringcxUrl: string, overrides: Partial<RingCxOptions> = {}) {
  const quota = openQuota();
  const session = countingSession();
  const clock = testClock();
  const requests: RequestRecord[] = [];
  const ringcx = createRingCx({
    connection: { name: "test", ringcxUrl },
    session,
    quotaFor: () => quota,
    clock,
    random: () => 0.5,
    onRequest: (record) => requests.push(record),
    ...overrides,
  });
  const account = (options: Partial<CallOptions> = {}) => ringcx.account("123456", { priority: "bulk", ...options });
  return { ringcx, account, quota, session, clock, requests };
}
