import type { Session } from "../command.ts";
import { opsCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import {
  askedAccounts,
  readOwnFaults,
  readQueueDepths,
  readQuotaUse,
  readRotations,
  readWaiting,
} from "../read/health.ts";
import { checkedAccount } from "../read/known-account.ts";
import { readOutcomes } from "../read/outcomes.ts";
import { readServices } from "../read/services.ts";
import { serviceState } from "../view/service-state.ts";
import { needsPerson, type Status, statusText, watchLine } from "../view/status.ts";
import { accountFlag } from "./flags.ts";

/** So many outcomes are shown. */
const mostOutcomes = 10;
const dayMs = 24 * 60 * 60_000;
const watchMs = 5_000;

/** `status`: what needs a person, what is off and why, what is going on. */
export const statusCommand = opsCommand<{ account?: string; watch: boolean }>({
  brief: "What needs a person, which services are off and why, what is going on",
  description:
    "  npm run ops -- status --local\n  npm run ops -- status --environment production --account 123456 --watch",
  flags: {
    account: accountFlag,
    watch: {
      kind: "boolean",
      default: false,
      withNegated: false,
      brief: "Read again every five seconds, until Ctrl-C",
    },
  },
  async run(session, { account, watch }) {
    const { context, environment, paint, isJson } = session;
    const accountId = checkedAccount(environment, account);
    for (;;) {
      const status = await readStatus(session, accountId);
      const json = { ...status, needsPerson: needsPerson(status) };
      const text = statusText(status, paint);
      if (!watch) return { text, json };
      const clear = context.isColored ? "\u001b[2J\u001b[H" : "";
      context.process.stdout.write(
        isJson ? `${JSON.stringify(json)}\n` : `${clear}${text}\n\n${paint("dim", watchLine(watchMs))}\n`,
      );
      const isEnded = await context.clock.sleep(watchMs, context.interrupted).then(
        () => false,
        () => true,
      );
      if (isEnded) return { text: "", json: {}, exitCode: exitCodes.interrupted, isShown: true };
    }
  },
});

async function readStatus({ context, environment }: Session, account: string | undefined): Promise<Status> {
  const now = context.clock.now();
  const { table, name } = environment;
  const accounts = askedAccounts(environment, account);
  const [known, faults, queues, waiting, quota, rotations, outcomes] = await Promise.all([
    Promise.all(accounts.map((accountId) => readServices(table, accountId))),
    Promise.all(accounts.map((accountId) => readOwnFaults(environment, accountId))),
    readQueueDepths(environment),
    Promise.all(accounts.map((accountId) => readWaiting(environment, accountId, now))),
    readQuotaUse(environment, accounts, now),
    readRotations(environment, accounts),
    readOutcomes(table, { since: now - dayMs, now }),
  ]);
  const asked = outcomes.filter(({ data }) => account === undefined || data.accountId === account);
  return {
    environment: name,
    at: new Date(now).toISOString(),
    accounts: accounts.map((accountId, index) => ({
      accountId,
      services: (known[index]?.services ?? []).map((service) => serviceState(service, now)),
    })),
    unreadable: known.flatMap(({ unreadable }) => unreadable),
    ownFaults: faults.flat(),
    queues,
    waiting,
    quota,
    rotations,
    outcomes: asked.slice(0, mostOutcomes),
  };
}
