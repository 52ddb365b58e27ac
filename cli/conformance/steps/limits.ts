import type { Caller } from "../caller.ts";
import { isDone, rowsOf } from "../exchange.ts";
import type { RawLogin } from "../raw-login.ts";

/** More requests than the documented limit, at which a measurement ends that meets none. */
const most = 200;
/** How many requests are made that may not count. */
const uncounted = 60;
/** How far requests are apart, in milliseconds: far enough for a refused one that counts to be seen by its delay. */
const paceMs = 80;
const minuteMs = 60_000;
/** When a measurement begins, in milliseconds past a full minute: it is over before the fixed windows that are plausible begin. */
const beginsAtMs = 30_000;

/** How many requests the measurement takes at most. */
export const limitRequests = 3 * (most + uncounted) + 110;

/**
 * Uses the rate limit up, three times, which for five minutes takes it from everybody who uses the account, and logs in eleven
 * times. Every request reads.
 */
export async function measureLimits(caller: Caller, login: RawLogin, serviceGroupId: number): Promise<void> {
  const read = (label: string) => caller.ask(label, "groups.list", { query: { maxRows: 1 }, isMeasured: true });
  const untilRefused = async (label: string) => {
    for (let count = 0; count < most; count += 1) {
      if ((await read(label)).status === 429) return;
      await caller.sleep(paceMs);
    }
  };
  const begin = async () => {
    await caller.sleep(minuteMs + 1_000);
    await caller.sleep((minuteMs + beginsAtMs - (caller.clock.now() % minuteMs)) % minuteMs);
    await login.renew();
  };

  await begin();
  await untilRefused("limit.filled");
  for (let poll = 0; poll < 75; poll += 1) {
    await caller.sleep(1_000);
    if (isDone(await read("limit.polled"))) break;
  }
  await begin();
  for (let count = 0; count < uncounted; count += 1) {
    const ids = { serviceGroupId, serviceId: 2_147_483_600 };
    await caller.ask("limit.missing", "services.get", { ids, isMeasured: true });
    await caller.sleep(paceMs);
  }
  await untilRefused("limit.afterMissing");
  await begin();
  for (let count = 0; count < uncounted; count += 1) {
    const token = { token: "conformance-run-without-a-token" };
    await caller.ask("limit.unauthorized", "groups.list", { query: { maxRows: 1 }, token, isMeasured: true });
    await caller.sleep(paceMs);
  }
  await untilRefused("limit.afterUnauthorized");
  await login.renew();
  await read("limit.otherSession");
  const other = rowsOf(caller.seen.last("accounts"))
    .map(({ accountId }) => String(accountId))
    .find((accountId) => /^\d+$/.test(accountId) && accountId !== caller.account);
  if (other !== undefined) {
    const ids = { accountId: other };
    await caller.ask("limit.otherAccount", "groups.list", { ids, query: { maxRows: 1 }, isMeasured: true });
  }
  await openSessions(caller, login);
}

/** Five logins after a first one, no more than RingCX allows in a minute; then the first one's token is tried. */
async function openSessions(caller: Caller, login: RawLogin): Promise<void> {
  await caller.sleep(minuteMs + 1_000);
  await login.renew();
  const token = await login.current();
  for (let count = 0; count < 5; count += 1) {
    await caller.sleep(14_000);
    await login.renew();
  }
  await caller.ask("session.first", "accounts.list", { token, isMeasured: true });
}
