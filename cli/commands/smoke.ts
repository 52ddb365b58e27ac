import { examples } from "../../infra/edition.ts";
import { opsCommand } from "../command.ts";
import { accountsOf } from "../environment/environment.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { checkedAccount } from "../read/known-account.ts";
import { runSmoke } from "../smoke/run-smoke.ts";
import { accountFlag, timeoutFlag } from "./flags.ts";

/** `smoke`: the three jobs once, from outside, after a deployment. */
export const smokeCommand = opsCommand<{ account?: string; timeout: number }>({
  brief: "After a deployment: provision, fail over and rotate something throwaway, and remove it",
  description: `Makes a service (which takes no calls), an auth config, a secret and an alarm of its own, and removes them, also after Ctrl-C. What a crash left the next run takes over. Exit code 1 where something does not hold.\n\n${examples("ops smoke --environment test", "ops smoke --local")}`,
  flags: { account: accountFlag, timeout: timeoutFlag("15m") },
  async run(session, { account, timeout }) {
    const { environment, paint } = session;
    const accountId = checkedAccount(environment, account) ?? accountsOf(environment)[0];
    if (accountId === undefined) throw new UsageError(`${environment.name} has no account.`);
    const lines = await runSmoke(session, accountId, { outcomeMs: timeout, alarmMs: timeout, rotationMs: timeout });
    const wrong = lines.filter(({ holds }) => !holds).length;
    const text = lines.map(({ what, holds, found, advice }) => {
      const next = holds || advice === undefined ? "" : ` → ${advice}`;
      return `${paint(holds ? "good" : "bad", holds ? "✓" : "✗")} ${what}: ${found}${next}`;
    });
    const sum =
      wrong === 0 ? paint("good", "It does its three jobs.") : paint("bad", "It does not do all of its jobs.");
    return {
      text: [...text, sum].join("\n"),
      json: lines,
      exitCode: wrong === 0 ? exitCodes.done : exitCodes.failed,
    };
  },
});
