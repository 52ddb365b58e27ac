import { v7 as uuid } from "uuid";
import * as z from "zod";
import { examples } from "../../infra/edition.ts";
import type { Verify } from "../../shared/contract/verify.ts";
import { opsCommand } from "../command.ts";
import { deliver, notEnded } from "../deliver.ts";
import { accountsOf } from "../environment/environment.ts";
import { exitCodes } from "../exit-codes.ts";
import { checked, cliSource } from "../files/outgoing.ts";
import { findAuthConfig } from "../read/find-auth-config.ts";
import { askedAccounts } from "../read/health.ts";
import { checkedAccount } from "../read/known-account.ts";
import { outcomeText } from "../view/outcome.ts";
import { accountFlag, text, timeoutFlag } from "./flags.ts";

const answerSchema = z.looseObject({ answer: z.string() });

/** `verify AUTH-CONFIG`: whether its credential works now; the function that has the secret asks, and nothing is changed. */
export const verifyCommand = opsCommand<{ account?: string; timeout: number }, [name: string]>({
  brief: "Whether an auth config's credential works now: its endpoints are asked, nothing is changed",
  description:
    "The version that RingCX has is tried, and the one that is AWSCURRENT where that is another, with the validation requests of the services that use the auth config. Exit code 0 where it is accepted; 1 where it is refused, where somebody else has written to the auth config in RingCX, so that it is not known what that has, could not be asked about, or cannot be proven from here, as where RingCX alone makes the request.\n\n" +
    examples('ops verify "CRM OAuth" --environment production', 'ops verify "CRM OAuth" --local --json'),
  flags: { account: accountFlag, timeout: timeoutFlag("2m") },
  positional: {
    kind: "tuple",
    parameters: [{ parse: text, brief: "Auth config, by its name or the end of it", placeholder: "auth-config" }],
  },
  async run(session, { account, timeout }, name) {
    const { context, environment, paint } = session;
    const accounts = askedAccounts(environment, checkedAccount(environment, account));
    const { accountId, providerName } = await findAuthConfig(environment.table, accounts, name);
    const now = context.clock.now();
    const event: Verify = {
      specversion: "1.0",
      id: uuid(),
      source: cliSource,
      type: "ringcx.verify.v1",
      time: new Date(now).toISOString(),
      data: { accountId, providerName, by: context.user },
    };
    const sent = await deliver(session, [checked(JSON.stringify(event), { now, accounts: accountsOf(environment) })], {
      timeoutMs: timeout,
    });
    const outcome = sent[0]?.outcome;
    if (!outcome) return { text: notEnded(sent, session) ?? "", json: null, exitCode: exitCodes.notEnded };
    const isAccepted = answerSchema.safeParse(outcome.data.details).data?.answer === "ACCEPTED";
    return {
      text: outcomeText(outcome, paint),
      json: outcome,
      exitCode: isAccepted ? exitCodes.done : exitCodes.failed,
    };
  },
});
