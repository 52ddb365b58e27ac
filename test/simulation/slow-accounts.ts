import { SweepSimulation, type SweptAt } from "./sweep-simulation.ts";

const minuteMs = 60_000;

/** What others see of slow accounts, in seconds. */
export interface SlowAccounts {
  accounts: number;
  slow: number;
  /** From a tick to the last sweep of an account for which RingCX answers, when it begins to hang for the others. */
  sweepAtFirst: number;
  /** The same from then on. */
  sweepLater: number;
  /** How long such an account was not looked at, at most. */
  oldest: number;
  /** The same of accounts for which RingCX hangs, to the end of their sweeps. */
  oldestSlow: number;
  /** Sweeps that were left to the next minute's. */
  late: number;
}

/** RingCX begins to hang for some of many accounts: for one in each batch, which is the worst that so many can do. */
export async function measureSlowAccounts({
  accounts,
  slow,
}: {
  accounts: number;
  slow: number;
}): Promise<SlowAccounts> {
  const world = new SweepSimulation(accounts);
  for (const accountId of world.accountIds) {
    await world.service(accountId, `crm-${accountId}`, {
      alarms: [`arn:aws:cloudwatch:eu-central-1:000000000000:alarm:${accountId}`],
    });
  }
  await world.time.run(ticks(world, 1));
  const begun = world.time.now;
  const step = slow <= accounts / 10 ? 10 : 1;
  for (let index = 0; index < slow; index += 1) world.unavailable.add(world.accountIds[index * step] ?? "");
  await world.time.run(ticks(world, 3));
  const isLook = ({ errors }: SweptAt) => !errors.some(({ message }) => message.includes("left to the next one"));
  const looks = Map.groupBy(world.swept.filter(isLook), ({ accountId }) => accountId);
  const gaps = [...looks].flatMap(([accountId, ofAccount]) =>
    ofAccount.map(({ at }, index) => ({
      isSlow: world.unavailable.has(accountId),
      at: at - begun,
      gap: (ofAccount[index + 1]?.at ?? world.time.now) - at,
    })),
  );
  const healthy = gaps.filter(({ isSlow, at }) => !isSlow && at > 0);
  const most = (ms: readonly number[]) => Math.max(0, ...ms) / 1_000;
  const sweepOf = (tick: number) =>
    healthy.map(({ at }) => at - tick * minuteMs).filter((ms) => ms >= 0 && ms < minuteMs);
  return {
    accounts,
    slow,
    sweepAtFirst: most(sweepOf(0)),
    sweepLater: Math.max(most(sweepOf(1)), most(sweepOf(2))),
    oldest: most(gaps.filter(({ isSlow }) => !isSlow).map(({ gap }) => gap)),
    oldestSlow: most(gaps.filter(({ isSlow }) => isSlow).map(({ gap }) => gap)),
    late: world.swept.filter((one) => !isLook(one)).length,
  };
}

/** Ticks at the schedule's pace, which waits for none. */
export async function ticks(world: SweepSimulation, count: number, everyMs = minuteMs): Promise<void> {
  const ticking: Promise<unknown>[] = [];
  for (let tick = 0; tick < count; tick += 1) {
    const next = world.time.now + everyMs;
    ticking.push(world.tick(everyMs));
    await world.time.sleep(next - world.time.now);
  }
  await Promise.all(ticking);
}
