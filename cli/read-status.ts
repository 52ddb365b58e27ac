import type { Clock } from "../shared/primitives/clock.ts";
import { accountsOf, type Environment } from "./environment/environment.ts";
import {
  askedAccounts,
  readOwnFaults,
  readQueueDepths,
  readQuotaUse,
  readRotations,
  readWaiting,
} from "./read/health.ts";
import { readOutcomes } from "./read/outcomes.ts";
import { readServices } from "./read/services.ts";
import { readUnderWay } from "./read/under-way.ts";
import { serviceState } from "./view/service-state.ts";
import type { Status } from "./view/status.ts";
import { unfinishedMessages } from "./view/unfinished.ts";

/** So many outcomes are shown. */
const mostOutcomes = 10;
const dayMs = 24 * 60 * 60_000;
/** So far back goes the look for messages that were carried out in part. */
const lookBackMs = 7 * dayMs;

/**
 * Reads all that `status` shows, of one account or of all.
 *
 * @throws what the AWS calls throw
 */
export async function readStatus(
  { environment, clock }: { environment: Environment; clock: Clock },
  account?: string,
): Promise<Status> {
  const now = clock.now();
  const { table, name, failoverMode } = environment;
  const accounts = askedAccounts(environment, account);
  const isOneAccount = accountsOf(environment).length === 1;
  const [known, faults, queues, waiting, quota, rotations, outcomes, underWay] = await Promise.all([
    Promise.all(accounts.map((accountId) => readServices(table, accountId))),
    Promise.all(accounts.map((accountId) => readOwnFaults(environment, accountId))),
    readQueueDepths(environment),
    Promise.all(accounts.map((accountId) => readWaiting(environment, accountId, now))),
    readQuotaUse(environment, accounts, now),
    readRotations(environment, accounts),
    readOutcomes(table, { since: now - lookBackMs, now }),
    readUnderWay(table, accounts),
  ]);
  const asked = outcomes.filter(({ data }) => account === undefined || data.accountId === account);
  return {
    environment: name,
    at: new Date(now).toISOString(),
    ...(failoverMode && { failoverMode }),
    accounts: accounts.map((accountId, index) => ({
      accountId,
      services: (known[index]?.services ?? []).map((service) =>
        serviceState(service, now, { isOneAccount, failoverMode }),
      ),
    })),
    unreadable: known.flatMap(({ unreadable }) => unreadable),
    ownFaults: faults.flat(),
    queues,
    waiting,
    quota,
    rotations,
    underWay,
    unfinished: unfinishedMessages(asked),
    outcomes: asked.filter(({ time }) => Date.parse(time) >= now - dayMs).slice(0, mostOutcomes),
  };
}
